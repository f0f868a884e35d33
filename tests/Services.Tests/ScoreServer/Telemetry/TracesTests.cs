using System.Collections.Concurrent;
using System.Diagnostics;
using Sjc.ScoreServer.Telemetry;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.ScoreServer.Telemetry;

public sealed class TracesTests
{
    [Fact]
    public async Task Score_CallerHasATrace_JoinsCallWaitBatchAndNetwork()
    {
        ConcurrentQueue<Activity> ended = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name is ScoreServerTraces.SourceName or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);

        using Activity caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();
        await host.Client.ScoreAsync(Requests.Score(TinyPictures.Kind), cancellationToken: TestContext.Current.CancellationToken);
        caller.Stop();

        // Other tests' servers are heard as well; the caller's trace is its own.
        Activity[] trace = [.. ended.Where(activity => activity.TraceId == caller.TraceId)];
        Activity score = Assert.Single(trace, activity => activity.OperationName == "score");
        Activity queue = Assert.Single(trace, activity => activity.OperationName == "queue");
        Activity network = Assert.Single(trace, activity => activity.OperationName == "network");
        Assert.Equal((score.SpanId, score.SpanId), (queue.ParentSpanId, network.ParentSpanId));
        Assert.True(queue.StartTimeUtc + queue.Duration <= network.StartTimeUtc, "The wait must end before the network begins.");

        // The batch has a trace of its own, for it has many callers: links join them, both ways.
        ActivityLink link = Assert.Single(network.Links);
        Assert.Equal(link.Context, Assert.Single(queue.Links).Context);
        Activity batch = Assert.Single(ended, activity => activity.OperationName == "batch" && activity.SpanId == link.Context.SpanId);
        Assert.Equal(score.Context, Assert.Single(batch.Links).Context);
        Assert.Equal(1, Assert.IsType<int>(batch.GetTagItem("sjc.rows")));
    }
}

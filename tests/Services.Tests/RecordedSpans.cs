using System.Collections.Concurrent;
using System.Diagnostics;
using Sjc.Client.Tracing;
using Sjc.FieldOptimizer.Telemetry;
using Sjc.ScoreServer.Telemetry;

namespace Sjc.Services.Tests;

/// <summary>Records every span of this process, those of other tests as well: a test looks at traces that it began.</summary>
internal sealed class RecordedSpans : IDisposable
{
    /// <summary>Of the tests that listen: a listener has the unsampled spans of other tests recorded, too.</summary>
    public const string Collection = "Traces";

    /// <summary>A server's span of a call, by ASP.NET Core.</summary>
    public const string Call = "Microsoft.AspNetCore.Hosting.HttpRequestIn";

    private readonly ConcurrentQueue<Activity> ended = [];
    private readonly ActivityListener listener;

    public RecordedSpans()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is ScoreServerTraces.SourceName or FieldOptimizerTraces.SourceName or ClientTraces.SourceName or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
    }

    /// <summary>All that have ended, in the order in which they did.</summary>
    public IReadOnlyList<Activity> All => [.. ended];

    /// <summary>Begins a trace of its own, whatever the test runs in.</summary>
    public static Activity Begin(string name)
    {
        Activity.Current = null;
        return new Activity(name).SetIdFormat(ActivityIdFormat.W3C).Start();
    }

    /// <summary>Those of a trace.</summary>
    public IReadOnlyList<Activity> Of(ActivityTraceId trace) => [.. ended.Where(span => span.TraceId == trace)];

    /// <summary>The one span of a trace that has a name, once it has ended: a server's ends after its answer has come.</summary>
    public async Task<Activity> SingleAsync(ActivityTraceId trace, string name)
    {
        await Eventually.HoldsAsync(() => Of(trace).Any(span => span.OperationName == name));
        return Assert.Single(Of(trace), span => span.OperationName == name);
    }

    public void Dispose() => listener.Dispose();
}

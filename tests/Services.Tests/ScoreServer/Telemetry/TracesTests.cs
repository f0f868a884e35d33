using System.Diagnostics;
using Grpc.Core;
using Sjc.Contracts.Score.V1;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.ScoreServer.Telemetry;

[Collection(RecordedSpans.Collection)]
public sealed class TracesTests : IDisposable
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string SpanId = "b7ad6b7169203331";
    private readonly RecordedSpans spans = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => spans.Dispose();

    [Fact]
    public async Task Score_CallerHasATrace_JoinsCallWaitBatchAndNetwork()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);

        using Activity caller = RecordedSpans.Begin("caller");
        await host.Client.ScoreAsync(Requests.Score(TinyPictures.Kind), cancellationToken: Cancellation);
        caller.Stop();

        Activity score = await spans.SingleAsync(caller.TraceId, "score");
        Activity queue = await spans.SingleAsync(caller.TraceId, "queue");
        Activity network = await spans.SingleAsync(caller.TraceId, "network");
        Assert.Equal((score.SpanId, score.SpanId), (queue.ParentSpanId, network.ParentSpanId));
        Assert.True(queue.StartTimeUtc + queue.Duration <= network.StartTimeUtc, "The wait must end before the network begins.");

        // The batch has a trace of its own, for it has many callers: links join them, both ways.
        ActivityLink link = Assert.Single(network.Links);
        Assert.Equal(link.Context, Assert.Single(queue.Links).Context);
        Activity batch = Assert.Single(spans.All, activity => activity.OperationName == "batch" && activity.SpanId == link.Context.SpanId);
        Assert.Equal(score.Context, Assert.Single(batch.Links).Context);
        Assert.Equal(1, Assert.IsType<int>(batch.GetTagItem("sjc.rows")));
    }

    [Fact]
    public async Task ScoreStream_RequestsNameTheirTraces_EachIsAPartOfItsOwn()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        ActivityContext[] callers = [NewContext(), NewContext()];
        using (Activity opener = RecordedSpans.Begin("opener"))
        {
            await AskAsync(host, [], [.. callers.Select(caller => $"00-{caller.TraceId}-{caller.SpanId}-01")]);
            Assert.DoesNotContain(spans.Of(opener.TraceId), span => span.OperationName == "score");
        }

        foreach (ActivityContext caller in callers)
        {
            Activity score = await spans.SingleAsync(caller.TraceId, "score");
            Assert.Equal((caller.SpanId, true, ActivityKind.Server), (score.ParentSpanId, score.HasRemoteParent, score.Kind));
            Assert.Equal("vendor=value", score.TraceStateString);
            Assert.Equal(score.SpanId, (await spans.SingleAsync(caller.TraceId, "queue")).ParentSpanId);
            Assert.Equal(score.SpanId, (await spans.SingleAsync(caller.TraceId, "network")).ParentSpanId);
            Assert.Equal(3, spans.Of(caller.TraceId).Count);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData($"00-{TraceId}-{SpanId}")] // no flags
    [InlineData($"00-{TraceId}-{SpanId}-0g")]
    [InlineData($"00-{TraceId}-{SpanId}-01-more")] // version 00 has no more
    [InlineData($"ff-{TraceId}-{SpanId}-01")] // no version
    [InlineData("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01")] // upper case
    [InlineData($"00-00000000000000000000000000000000-{SpanId}-01")]
    [InlineData($"00-{TraceId}-0000000000000000-01")]
    public async Task ScoreStream_NoTraceThatCanBeRead_BelongsToTheCalls(string traceparent)
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        ActivityContext opener = NewContext();

        await AskAsync(host, new Metadata { { "traceparent", $"00-{opener.TraceId}-{opener.SpanId}-01" } }, traceparent);

        Activity score = await spans.SingleAsync(opener.TraceId, "score");
        Activity call = await spans.SingleAsync(opener.TraceId, RecordedSpans.Call);
        Assert.Equal((call.SpanId, opener.SpanId), (score.ParentSpanId, call.ParentSpanId));
        Assert.DoesNotContain(spans.All, span => span.TraceId.ToHexString() == TraceId);
    }

    [Fact]
    public async Task ScoreStream_TraceOfALaterVersion_IsRead()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        ActivityContext caller = NewContext();

        await AskAsync(host, [], $"cc-{caller.TraceId}-{caller.SpanId}-01-what-comes-then");

        Assert.Equal(caller.SpanId, (await spans.SingleAsync(caller.TraceId, "score")).ParentSpanId);
    }

    private static ActivityContext NewContext() => new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);

    /// <summary>One request for each trace, all on one stream, until they are answered.</summary>
    private static async Task AskAsync(ScoreServerHost host, Metadata headers, params string[] traceparents)
    {
        using AsyncDuplexStreamingCall<ScoreStreamRequest, ScoreStreamResponse> call = host.Client.ScoreStream(headers, cancellationToken: Cancellation);
        foreach (string traceparent in traceparents)
        {
            await call.RequestStream.WriteAsync(
                new ScoreStreamRequest { Id = (ulong)Array.IndexOf(traceparents, traceparent), Request = Requests.Score(TinyPictures.Kind), Traceparent = traceparent, Tracestate = "vendor=value" },
                Cancellation);
        }

        await call.RequestStream.CompleteAsync();
        List<ScoreStreamResponse> answers = await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
        Assert.Equal(traceparents.Length, answers.Count(answer => answer.Response is not null));
    }
}

using System.Diagnostics;
using Grpc.Core;
using Sjc.Contracts.Score.V1;
using Sjc.Services.Tests.ScoreServer.Hosting;
using Sjc.TraceCollector;

namespace Sjc.Services.Tests.ScoreServer.Telemetry;

/// <summary>What a scorer sends to a collector by OTLP over gRPC.</summary>
[Collection(RecordedSpans.Collection)]
public sealed class OtlpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Export_AfterACall_BringsSpansAndMetricsToTheCollector()
    {
        await using Collector collector = await CollectorHost.StartAsync();
        await using (ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], $"--Telemetry:OtlpEndpoint={collector.Address}", "--Telemetry:TraceRatio=1"))
        {
            await host.Client.ScoreAsync(Requests.Score(TinyPictures.Kind), cancellationToken: Cancellation);
        }

        // A server that stops sends what it holds.
        string[] names = [.. collector.Spans.Where(span => span.Service == "sjc-score-server").Select(span => span.Name)];
        Assert.All(["score", "queue", "network", "batch"], name => Assert.Contains(name, names));
        Assert.All(
            ["sjc-score-server", "sjc.score.requests", "sjc.score.rows", "sjc.score.batches", "sjc.score.queue.duration", "sjc.score.model.ready", TinyPictures.Kind],
            name => Assert.Contains(name, collector.MetricsText, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Export_CallersDecide_TheirDecisionIsKept()
    {
        ActivityTraceId[] traces = [.. Enumerable.Range(0, 2).Select(_ => ActivityTraceId.CreateRandom())];
        await using Collector collector = await CollectorHost.StartAsync();

        // Of its own accord the server would keep no trace.
        await using (ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], $"--Telemetry:OtlpEndpoint={collector.Address}", "--Telemetry:TraceRatio=0"))
        {
            using AsyncDuplexStreamingCall<ScoreStreamRequest, ScoreStreamResponse> call = host.Client.ScoreStream(cancellationToken: Cancellation);
            for (int id = 0; id < traces.Length; id++)
            {
                string flags = id == 0 ? "01" : "00";
                await call.RequestStream.WriteAsync(
                    new ScoreStreamRequest { Id = (ulong)id, Request = Requests.Score(TinyPictures.Kind), Traceparent = $"00-{traces[id]}-{ActivitySpanId.CreateRandom()}-{flags}" }, Cancellation);
                Assert.NotNull((await call.ReadAsync()).Response);
            }
        }

        Assert.Equal(["network", "queue", "score"], collector.Spans.Where(span => span.TraceId == traces[0].ToHexString()).Select(span => span.Name).Order());
        Assert.DoesNotContain(collector.Spans, span => span.TraceId == traces[1].ToHexString());
    }
}

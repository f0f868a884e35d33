using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sjc.ScoreServer;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.ScoreServer.Telemetry;

/// <summary>What a scorer sends to a collector by OTLP over gRPC.</summary>
public sealed class OtlpTests
{
    private const string Traces = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    private const string Metrics = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Export_AfterACall_BringsSpansAndMetricsToTheCollector()
    {
        ConcurrentQueue<(string Path, string Text)> received = [];
        await using WebApplication collector = await StartCollectorAsync(received);
        await using (ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], $"--Telemetry:OtlpEndpoint={collector.Address()}", "--Telemetry:TraceRatio=1"))
        {
            await host.Client.ScoreAsync(Requests.Score(TinyPictures.Kind), cancellationToken: Cancellation);
        }

        // A server that stops sends what it holds. Names are plain text in protobuf.
        string traces = string.Concat(received.Where(message => message.Path == Traces).Select(message => message.Text));
        string metrics = string.Concat(received.Where(message => message.Path == Metrics).Select(message => message.Text));
        Assert.All(["sjc-score-server", "Sjc.ScoreServer", "score", "queue", "network", "batch"], name => Assert.Contains(name, traces, StringComparison.Ordinal));
        Assert.All(
            ["sjc-score-server", "sjc.score.requests", "sjc.score.rows", "sjc.score.batches", "sjc.score.queue.duration", "sjc.score.model.ready", TinyPictures.Kind],
            name => Assert.Contains(name, metrics, StringComparison.Ordinal));
    }

    private static async Task<WebApplication> StartCollectorAsync(ConcurrentQueue<(string Path, string Text)> received)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
        WebApplication collector = builder.Build();
        collector.Run(async context =>
        {
            using StreamReader reader = new(context.Request.Body, Encoding.Latin1);
            received.Enqueue((context.Request.Path, await reader.ReadToEndAsync(context.RequestAborted)));
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(new byte[5], context.RequestAborted); // an empty message, not compressed
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await collector.StartAsync(Cancellation);
        return collector;
    }
}

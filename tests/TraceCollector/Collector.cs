using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Sjc.TraceCollector;

/// <summary>A collector of OTLP over gRPC that keeps what it is sent.</summary>
public sealed class Collector : IAsyncDisposable
{
    private const string Traces = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    private const string Metrics = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
    private readonly ConcurrentQueue<CollectedSpan> spans = [];
    private readonly ConcurrentQueue<string> metrics = [];

    /// <param name="args">Of the host, such as --urls=http://127.0.0.1:0.</param>
    public Collector(params string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
        Application = builder.Build();
        Application.Run(AnswerAsync);
    }

    /// <summary>The host, to be started.</summary>
    public WebApplication Application { get; }

    /// <summary>Where it listens, once it is started.</summary>
    public Uri Address => new(Application.Urls.First());

    /// <summary>All spans so far.</summary>
    public IReadOnlyList<CollectedSpan> Spans => [.. spans];

    /// <summary>All messages of metrics so far, as Latin 1: names are plain text in them.</summary>
    public string MetricsText => string.Concat(metrics);

    /// <summary>Is given each span.</summary>
    public Action<CollectedSpan>? Received { get; init; }

    public ValueTask DisposeAsync() => Application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        byte[] message = body.ToArray()[5..]; // behind gRPC's flag and length
        if (context.Request.Path == Traces)
        {
            foreach (CollectedSpan span in CollectedSpan.ReadAll(message))
            {
                spans.Enqueue(span);
                Received?.Invoke(span);
            }
        }
        else if (context.Request.Path == Metrics)
        {
            metrics.Enqueue(Encoding.Latin1.GetString(message));
        }

        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(new byte[5], context.RequestAborted); // an empty message, not compressed
        context.Response.AppendTrailer("grpc-status", "0");
    }
}

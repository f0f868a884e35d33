using OpenTelemetry.Metrics;
using Sjc.Telemetry;

namespace Sjc.ScoreServer.Telemetry;

/// <summary>Metrics for Prometheus, metrics and traces by OTLP, where the options ask for them.</summary>
internal static class TelemetryExport
{
    /// <summary>Sets the exporters up.</summary>
    public static void Add(IServiceCollection services, TelemetryOptions options)
    {
        bool sends = options.TryGetCollector(out Uri? collector);
        if (options.MetricsUrl.Length == 0 && !sends)
        {
            return;
        }

        services.AddTelemetry("sjc-score-server").SendTraces(options, ScoreServerTraces.SourceName, "Microsoft.AspNetCore").WithMetrics(metrics =>
        {
            metrics.AddMeter(ScoreServerMetrics.MeterName, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel");
            if (options.MetricsUrl.Length > 0)
            {
                metrics.AddPrometheusExporter();
            }

            if (sends)
            {
                metrics.AddOtlpExporter(otlp => otlp.Endpoint = collector!);
            }
        });
    }

    /// <summary>Answers /metrics on a port of its own, and nothing else there: whoever may read the metrics may not ask for scores, which gRPC-Web would let him.</summary>
    public static void Map(WebApplication application, int? metricsPort)
    {
        if (metricsPort is { } port)
        {
            application.MapWhen(context => context.Connection.LocalPort == port, metrics =>
            {
                metrics.UseOpenTelemetryPrometheusScrapingEndpoint(context => context.Request.Path == "/metrics");
                metrics.Run(context =>
                {
                    context.Response.StatusCode = StatusCodes.Status404NotFound;
                    return Task.CompletedTask;
                });
            });
        }
    }
}

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

    /// <summary>Answers /metrics, on its own port alone.</summary>
    public static void Map(WebApplication application, TelemetryOptions options)
    {
        if (options.MetricsPort is { } port)
        {
            application.UseOpenTelemetryPrometheusScrapingEndpoint(context => context.Request.Path == "/metrics" && context.Connection.LocalPort == port);
        }
    }
}

using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Sjc.ScoreServer.Telemetry;

/// <summary>Metrics for Prometheus, metrics and traces by OTLP, where the options ask for them.</summary>
internal static class TelemetryExport
{
    /// <summary>Sets the exporters up.</summary>
    public static void Add(IServiceCollection services, TelemetryOptions options)
    {
        // One that is no address is refused on start, like all settings.
        bool sends = Uri.TryCreate(options.OtlpEndpoint, UriKind.Absolute, out Uri? collector);
        if (options.MetricsUrl.Length == 0 && !sends)
        {
            return;
        }

        OpenTelemetryBuilder telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("sjc-score-server"));
        telemetry.WithMetrics(metrics =>
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
        if (sends)
        {
            telemetry.WithTracing(tracing => tracing
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.TraceRatio)))
                .AddSource(ScoreServerTraces.SourceName, "Microsoft.AspNetCore")
                .AddOtlpExporter(otlp => otlp.Endpoint = collector!));
        }
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

using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Sjc.Telemetry;

/// <summary>Sets up what sends a service's figures.</summary>
public static class TelemetryServices
{
    /// <summary>The service under the name that its figures bear.</summary>
    public static OpenTelemetryBuilder AddTelemetry(this IServiceCollection services, string serviceName) =>
        services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService(serviceName));

    /// <summary>Sends spans to the collector where there is one; callers decide about their traces, the ratio about the others.</summary>
    /// <param name="telemetry">Of the service.</param>
    /// <param name="options">Where to, and how many.</param>
    /// <param name="sources">Names of the activity sources.</param>
    public static OpenTelemetryBuilder SendTraces(this OpenTelemetryBuilder telemetry, OtlpOptions options, params string[] sources) =>
        options.TryGetCollector(out Uri? collector)
            ? telemetry.WithTracing(tracing => tracing
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.TraceRatio)))
                .AddSource(sources)
                .AddOtlpExporter(otlp => otlp.Endpoint = collector))
            : telemetry;
}

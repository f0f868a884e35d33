using System.ComponentModel.DataAnnotations;
using Sjc.Telemetry;

namespace Sjc.ScoreServer.Telemetry;

/// <summary>Where the server's figures go: metrics and traces to the collector, and metrics to Prometheus.</summary>
internal sealed record TelemetryOptions : OtlpOptions
{
    /// <summary>An address such as http://localhost:5211 that answers /metrics for Prometheus, on a port of its own; empty: none.</summary>
    public string MetricsUrl { get; init; } = "";

    /// <summary>Of <see cref="MetricsUrl"/>; null: none.</summary>
    public int? MetricsPort => MetricsUrl.Length > 0 ? BindingAddress.Parse(MetricsUrl).Port : null;

    /// <inheritdoc/>
    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        base.Validate(validationContext).Concat(FaultsOf(nameof(MetricsUrl), MetricsUrl));
}

using System.ComponentModel.DataAnnotations;

namespace Sjc.ScoreServer.Telemetry;

/// <summary>Where the server's figures go.</summary>
internal sealed record TelemetryOptions : IValidatableObject
{
    public const string Section = "Telemetry";

    /// <summary>An address such as http://localhost:5211 that answers /metrics for Prometheus, on a port of its own; empty: none.</summary>
    public string MetricsUrl { get; init; } = "";

    /// <summary>A collector's address for metrics and traces by OTLP over gRPC, such as http://localhost:4317; empty: none.</summary>
    public string OtlpEndpoint { get; init; } = "";

    /// <summary>Part of the traces that are kept where their callers do not say, in [0, 1].</summary>
    [Range(0.0, 1.0)]
    public double TraceRatio { get; init; } = 0.01;

    /// <summary>Of <see cref="MetricsUrl"/>; null: none.</summary>
    public int? MetricsPort => MetricsUrl.Length > 0 ? BindingAddress.Parse(MetricsUrl).Port : null;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach ((string name, string address) in new[] { (nameof(MetricsUrl), MetricsUrl), (nameof(OtlpEndpoint), OtlpEndpoint) })
        {
            if (address.Length > 0 && !address.StartsWith("http://", StringComparison.Ordinal) && !address.StartsWith("https://", StringComparison.Ordinal))
            {
                yield return new($"{Section}:{name} must be an http or https address, but is {address}.");
            }
        }
    }
}

using System.ComponentModel.DataAnnotations;
using Sjc.Telemetry;

namespace Sjc.ScoreServer.Telemetry;

/// <summary>Where the server's figures go: metrics and traces to the collector, and metrics to Prometheus.</summary>
internal sealed record TelemetryOptions : OtlpOptions
{
    /// <summary>An address such as http://localhost:5211 that answers /metrics for Prometheus, on a port of its own; empty: none.</summary>
    public string MetricsUrl { get; init; } = "";

    /// <summary>Of <see cref="MetricsUrl"/>; null: none.</summary>
    public int? MetricsPort => Port(MetricsUrl);

    /// <inheritdoc/>
    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (ValidationResult fault in base.Validate(validationContext).Concat(FaultsOf(nameof(MetricsUrl), MetricsUrl)))
        {
            yield return fault;
        }

        if (MetricsUrl.Length > 0 && MetricsPort is null or 0)
        {
            yield return new($"{Section}:{nameof(MetricsUrl)} must name a port, such as http://localhost:5211, but is {MetricsUrl}.");
        }
    }

    private static int? Port(string url)
    {
        try
        {
            return url.Length > 0 ? BindingAddress.Parse(url).Port : null;
        }
        catch (FormatException)
        {
            return null; // Refused on start, like all settings.
        }
    }
}

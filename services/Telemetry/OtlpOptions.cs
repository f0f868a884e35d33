using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;

namespace Sjc.Telemetry;

/// <summary>Where a service sends its traces.</summary>
public record OtlpOptions : IValidatableObject
{
    public const string Section = "Telemetry";

    /// <summary>A collector's address for OTLP over gRPC, such as http://localhost:4317; empty: none.</summary>
    public string OtlpEndpoint { get; init; } = "";

    /// <summary>Part of the traces that are kept where their callers do not say, in [0, 1].</summary>
    [Range(0.0, 1.0)]
    public double TraceRatio { get; init; } = 0.01;

    /// <summary>The collector, where there is one. An address that is none is refused on start, as <see cref="Validate"/> says.</summary>
    public bool TryGetCollector([NotNullWhen(true)] out Uri? collector) => Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out collector);

    /// <inheritdoc/>
    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => FaultsOf(nameof(OtlpEndpoint), OtlpEndpoint);

    /// <summary>What is wrong with a setting that holds an address or nothing.</summary>
    protected static IEnumerable<ValidationResult> FaultsOf(string name, string address)
    {
        if (address.Length > 0 && !address.StartsWith("http://", StringComparison.Ordinal) && !address.StartsWith("https://", StringComparison.Ordinal))
        {
            yield return new($"{Section}:{name} must be an http or https address, but is {address}.");
        }
    }
}

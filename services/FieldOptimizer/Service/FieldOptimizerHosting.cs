namespace Sjc.FieldOptimizer;

/// <summary>How a field optimizer is hosted, beside its configuration.</summary>
public sealed record FieldOptimizerHosting
{
    /// <summary>Where it listens, such as http://127.0.0.1:0 for any free port; null: from the configuration, by default http://localhost:5202.</summary>
    public string? Url { get; init; }

    /// <summary>Log warnings and errors alone, as inside a program with output of its own.</summary>
    public bool Quiet { get; init; }
}

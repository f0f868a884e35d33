namespace Sjc.FieldOptimizer;

/// <summary>How a field optimizer is hosted, beside its configuration.</summary>
public sealed record FieldOptimizerHosting
{
    /// <summary>Where it listens, such as http://127.0.0.1:0 for any free port; null: from the configuration, by default http://localhost:5202.</summary>
    public string? Url { get; init; }

    /// <summary>Write warnings and errors alone to the console, as inside a program with output of its own.</summary>
    public bool Quiet { get; init; }

    /// <summary>A file that receives the log as well; null: none.</summary>
    public string? LogFile { get; init; }

    /// <summary>What stops the server; null: Ctrl-C and SIGTERM do.</summary>
    public IHostLifetime? Lifetime { get; init; }
}

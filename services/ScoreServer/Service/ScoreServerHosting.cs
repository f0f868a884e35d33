namespace Sjc.ScoreServer;

/// <summary>How a score server is hosted, beside its configuration.</summary>
public sealed record ScoreServerHosting
{
    /// <summary>Where it listens, such as http://127.0.0.1:0 for any free port; null: from the configuration, by default http://localhost:5201.</summary>
    public string? Url { get; init; }

    /// <summary>Log warnings and errors alone, as inside a program with output of its own.</summary>
    public bool Quiet { get; init; }
}

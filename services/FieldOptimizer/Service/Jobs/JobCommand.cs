namespace Sjc.FieldOptimizer.Jobs;

/// <summary>What can happen to a job.</summary>
internal abstract record JobCommand
{
    private JobCommand()
    {
    }

    /// <summary>A place to run is free.</summary>
    public sealed record Start : JobCommand;

    /// <summary>A client wants it to rest.</summary>
    public sealed record Pause : JobCommand;

    /// <summary>A client wants it to go on.</summary>
    public sealed record Resume : JobCommand;

    /// <summary>A client wants it to end for good.</summary>
    public sealed record Cancel : JobCommand;

    /// <summary>Its loop stopped before the end: as it was asked to, or because the server stops or was killed.</summary>
    public sealed record Stop : JobCommand;

    /// <summary>Its loop ended in an error.</summary>
    public sealed record Fail(string Error) : JobCommand;

    /// <summary>Its loop did all iterations.</summary>
    public sealed record Succeed(string FieldSha256) : JobCommand;
}

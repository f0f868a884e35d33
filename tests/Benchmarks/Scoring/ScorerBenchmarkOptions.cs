namespace Sjc.Benchmarks.Scoring;

/// <summary>How long and against what to measure.</summary>
public sealed record ScorerBenchmarkOptions
{
    /// <summary>Starts a scorer as a process of its own, with further settings.</summary>
    public required Func<string[], CancellationToken, Task<ScorerProcess>> StartScorer { get; init; }

    /// <summary>Runs so many small jobs against a scorer, all at once or one after another, and gives the wall-clock time.</summary>
    public required Func<Uri, int, bool, CancellationToken, Task<TimeSpan>> RunJobs { get; init; }

    /// <summary>libtorch's threads, of the scorer and of the bare network.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Of each closed-loop measurement.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Of the overload.</summary>
    public TimeSpan OverloadDuration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Optimizers that share a scorer; 0: leave them out.</summary>
    public int Optimizers { get; init; } = 16;

    /// <summary>Of <see cref="ScorerBenchmark.Parts"/>, those to run; none: all.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    /// <summary>The scorer's own setting of <see cref="Threads"/>.</summary>
    internal string ThreadsSetting => $"--TorchThreads={Threads}";

    /// <summary>Says what is being measured.</summary>
    public Action<string> Report { get; init; } = _ => { };
}

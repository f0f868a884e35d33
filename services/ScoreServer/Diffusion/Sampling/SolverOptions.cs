namespace Sjc.Diffusion.Sampling;

/// <summary>Settings of <see cref="DormandPrince"/>.</summary>
internal sealed record SolverOptions
{
    /// <summary>Lengths of the consecutive parts of the state whose errors are bounded each for itself, such as images.</summary>
    public required IReadOnlyList<int> Blocks { get; init; }

    /// <summary>Error of one step relative to the state's value, &gt; 0.</summary>
    public required double RelativeTolerance { get; init; }

    /// <summary>Error of one step beside that, &gt; 0.</summary>
    public required double AbsoluteTolerance { get; init; }

    /// <summary>The first step tried is this part of the way.</summary>
    public int FirstSteps { get; init; } = 32;

    /// <summary>No step is shorter than this part of the way.</summary>
    public int MaxSteps { get; init; } = 1000;

    /// <summary>Of the state.</summary>
    public int Length => Blocks.Sum();
}

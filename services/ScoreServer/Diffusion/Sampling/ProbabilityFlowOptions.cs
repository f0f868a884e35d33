namespace Sjc.Diffusion.Sampling;

/// <summary>Settings of <see cref="ProbabilityFlow"/>.</summary>
public sealed record ProbabilityFlowOptions
{
    /// <summary>The greatest noise level, where the pictures are taken for pure noise.</summary>
    public required double SigmaMax { get; init; }

    /// <summary>The least noise level, &gt; 0.</summary>
    public required double SigmaMin { get; init; }

    /// <summary>Error of one step, relative to a value and beside that, in root mean square over an image. Song et al. 2021 use 1e-5.</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>No step is shorter than this part of the way in log σ.</summary>
    public int MaxSteps { get; init; } = 1000;

    /// <summary>Whether to end with x = D(x; σ_min), which takes away the last level's noise.</summary>
    public bool FinalDenoise { get; init; } = true;
}

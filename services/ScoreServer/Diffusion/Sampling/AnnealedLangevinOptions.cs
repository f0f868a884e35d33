using Sjc.Diffusion.Schedules;

namespace Sjc.Diffusion.Sampling;

/// <summary>Settings of <see cref="AnnealedLangevinSampler"/>.</summary>
public sealed record AnnealedLangevinOptions
{
    /// <summary>Noise levels, at least 1.</summary>
    public required int Stages { get; init; }

    /// <summary>Langevin steps at each noise level, at least 1.</summary>
    public required int StepsPerStage { get; init; }

    /// <summary>The first noise level.</summary>
    public required double SigmaMax { get; init; }

    /// <summary>The last noise level.</summary>
    public required double SigmaMin { get; init; }

    /// <summary>ε: step size at the last noise level, in units of variance.</summary>
    public required double StepSize { get; init; }

    /// <summary>To which levels are snapped; null: none.</summary>
    public SigmaLadder? Ladder { get; init; }

    /// <summary>Whether to end with x = D(x; σ_last), which takes away the last level's noise (Jolicoeur-Martineau et al. 2021).</summary>
    public bool FinalDenoise { get; init; }
}

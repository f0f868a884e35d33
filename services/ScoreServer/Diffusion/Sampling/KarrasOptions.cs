using Sjc.Diffusion.Schedules;

namespace Sjc.Diffusion.Sampling;

/// <summary>Settings of <see cref="KarrasSampler"/>; the defaults are those of Wang et al. 2023.</summary>
public sealed record KarrasOptions
{
    /// <summary>Noise levels before the final 0, at least 1.</summary>
    public required int Steps { get; init; }

    /// <summary>The first noise level.</summary>
    public required double SigmaMax { get; init; }

    /// <summary>The last noise level before 0.</summary>
    public required double SigmaMin { get; init; }

    /// <summary>Curvature of the sequence of noise levels.</summary>
    public double Rho { get; init; } = 7;

    /// <summary>To which levels are snapped; null: none.</summary>
    public SigmaLadder? Ladder { get; init; }

    /// <summary>Heun's second-order correction; off: Euler steps.</summary>
    public bool Heun { get; init; } = true;

    /// <summary>Whether to add noise before each step (algorithm 2); off: algorithm 1, an ODE solver.</summary>
    public bool Churn { get; init; }

    /// <summary>S_churn: noise added over the whole run.</summary>
    public double ChurnAmount { get; init; } = 80;

    /// <summary>S_tmin: noise is added above this level only.</summary>
    public double ChurnSigmaMin { get; init; } = 0.05;

    /// <summary>S_tmax: noise is added below this level only.</summary>
    public double ChurnSigmaMax { get; init; } = 50;

    /// <summary>S_noise: factor on the added noise.</summary>
    public double ChurnNoiseScale { get; init; } = 1.003;
}

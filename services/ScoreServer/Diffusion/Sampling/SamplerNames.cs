namespace Sjc.Diffusion.Sampling;

/// <summary>Names under which samplers are offered.</summary>
public static class SamplerNames
{
    /// <summary>Karras et al. 2022, algorithm 1: Heun's second order, no churn.</summary>
    public const string KarrasHeun = "karras-heun";

    /// <summary>The same with Euler steps: one network evaluation a step.</summary>
    public const string KarrasEuler = "karras-euler";

    /// <summary>Karras et al. 2022, algorithm 2: Heun's second order with churn.</summary>
    public const string KarrasStochastic = "karras-stochastic";

    /// <summary>Ancestral steps on the levels of Karras et al. 2022.</summary>
    public const string EulerAncestral = "euler-ancestral";

    /// <summary>Ho et al. 2020, algorithm 2: ancestral steps along the model's chain.</summary>
    public const string Ddpm = "ddpm";

    /// <summary>Song, Meng and Ermon 2021: along the model's chain with a part η of the ancestral noise, by default none.</summary>
    public const string Ddim = "ddim";

    /// <summary>The probability-flow ODE by an adaptive solver, Dormand–Prince 5(4); for models that take any noise level.</summary>
    public const string ProbabilityFlow = "probability-flow";

    /// <summary>Song et al. 2021: the reverse-time variance-exploding SDE, predictor and corrector.</summary>
    public const string VeSde = "ve-sde";

    /// <summary>The same for the variance-preserving SDE.</summary>
    public const string VpSde = "vp-sde";

    /// <summary>Annealed Langevin dynamics, Song and Ermon 2019, algorithm 1, with the step size of Song and Ermon 2020.</summary>
    public const string AnnealedLangevin = "annealed-langevin";

    /// <summary>All of them, the default first.</summary>
    public static IReadOnlyList<string> All { get; } =
        [KarrasHeun, KarrasEuler, KarrasStochastic, EulerAncestral, Ddpm, Ddim, ProbabilityFlow, VeSde, VpSde, AnnealedLangevin];

    /// <summary>Those of a model with a ladder of noise levels: a solver that chooses its own levels has none to choose from.</summary>
    public static IReadOnlyList<string> OnLadder { get; } = [.. All.Where(name => name != ProbabilityFlow)];
}

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

    /// <summary>Annealed Langevin dynamics, Song and Ermon 2019, algorithm 1.</summary>
    public const string AnnealedLangevin = "annealed-langevin";

    /// <summary>All of them, the default first.</summary>
    public static IReadOnlyList<string> All { get; } = [KarrasHeun, KarrasEuler, KarrasStochastic, AnnealedLangevin];
}

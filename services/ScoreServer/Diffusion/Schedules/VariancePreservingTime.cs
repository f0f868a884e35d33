namespace Sjc.Diffusion.Schedules;

/// <summary>Time of the variance-preserving SDE (Song et al. 2021, eq. 32 with β from .1 to 20) as a function of the noise level, and back.</summary>
/// <remarks>ᾱ(t) = exp(−β_d·t²/2 − β_min·t) with β_d = β_max − β_min, and σ = √((1−ᾱ)/ᾱ). Time 1 is the end of the process, σ ≈ 152; the formulas go on beyond it.</remarks>
public static class VariancePreservingTime
{
    private const double BetaMin = 0.1;
    private const double BetaRange = 19.9;

    /// <summary>t of a noise level &gt; 0.</summary>
    public static double FromSigma(double sigma) =>
        (Math.Sqrt((BetaMin * BetaMin) + (2 * BetaRange * Math.Log(1 + (sigma * sigma)))) - BetaMin) / BetaRange;

    /// <summary>σ of a time &gt; 0.</summary>
    public static double ToSigma(double time) => Math.Sqrt(Math.Exp((BetaRange * time * time / 2) + (BetaMin * time)) - 1);
}

namespace Sjc.Diffusion.Sampling;

/// <summary>ε of annealed Langevin dynamics from the noise levels (Song and Ermon 2020, technique 4).</summary>
public static class LangevinStepSize
{
    private const int GridPoints = 2000;
    private const double LeastFraction = 1e-5;
    private const double GreatestFraction = 0.9;

    /// <summary>The ε that brings the variance of a picture's noise after the steps at one level as near to that level's as can be.</summary>
    /// <param name="ratio">γ &gt; 1 of neighbouring levels.</param>
    /// <param name="stepsPerLevel">T, at least 1.</param>
    /// <param name="sigmaLast">The last level.</param>
    /// <returns>ε, in units of variance.</returns>
    /// <remarks>With a = ε/σ_L², the ratio of the variances is (1−a)^2T·(γ² − c) + c with c = 2/(2 − a), which is above 1 and has one minimum.</remarks>
    public static double Choose(double ratio, int stepsPerLevel, double sigmaLast)
    {
        double best = LeastFraction;
        for (int i = 0; i <= GridPoints; i++)
        {
            double fraction = LeastFraction * Math.Pow(GreatestFraction / LeastFraction, (double)i / GridPoints);
            best = VarianceRatio(fraction) < VarianceRatio(best) ? fraction : best;
        }

        return best * sigmaLast * sigmaLast;

        double VarianceRatio(double a)
        {
            double limit = 2 / (2 - a);
            return (Math.Pow(1 - a, 2 * stepsPerLevel) * ((ratio * ratio) - limit)) + limit;
        }
    }
}

using Sjc.Diffusion.Schedules;

namespace Sjc.Diffusion.Sampling;

/// <summary>Descending noise levels of a run for samplers that step down to 0: on the model's ladder where it has one, each once.</summary>
public static class SamplerLevels
{
    /// <summary>Karras et al. 2022, eq. 5 with ρ = 7.</summary>
    public static double[] Karras(double sigmaMax, double sigmaMin, int steps, SigmaLadder? ladder) =>
        OnLadder(NoiseLevels.Karras(sigmaMax, sigmaMin, steps), ladder);

    /// <summary>Geometric, as in the variance-exploding SDE.</summary>
    public static double[] Geometric(double sigmaMax, double sigmaMin, int steps, SigmaLadder? ladder) =>
        OnLadder(NoiseLevels.Geometric(sigmaMax, sigmaMin, steps), ladder);

    /// <summary>Evenly spaced along a variance-preserving chain: in the ladder's entries, or without one in the time of the SDE.</summary>
    public static double[] Chain(double sigmaMax, double sigmaMin, int steps, SigmaLadder? ladder)
    {
        if (ladder is null)
        {
            double first = VariancePreservingTime.FromSigma(sigmaMax);
            double last = VariancePreservingTime.FromSigma(sigmaMin);
            return [sigmaMax, .. Enumerable.Range(1, steps - 1).Select(i => i == steps - 1 ? sigmaMin : VariancePreservingTime.ToSigma(first + (Fraction(i, steps) * (last - first))))];
        }

        int start = ladder.Snap(sigmaMax).Index;
        int end = ladder.Snap(sigmaMin).Index;
        return [.. Enumerable.Range(0, steps).Select(i => ladder.Sigmas[(int)Math.Round(start + (Fraction(i, steps) * (end - start)))]).Distinct()];
    }

    private static double[] OnLadder(double[] levels, SigmaLadder? ladder) =>
        ladder is null ? levels : [.. levels.Select(level => ladder.Snap(level).Sigma).Distinct()];

    private static double Fraction(int i, int steps) => steps == 1 ? 0 : (double)i / (steps - 1);
}

namespace Sjc.Diffusion.Sampling;

/// <summary>Ancestral sampling: from each noise level to the next by the posterior given the denoised guess. State in float64.</summary>
/// <remarks>
/// A step from σ to s takes x to D + √(s² − u²)·(x − D)/σ + u·n with u = η·s·√(1 − s²/σ²). In "variance exploding" form this one rule is
/// Ho et al. 2020, eq. 7 with the posterior's variance (η = 1), DDIM (Song et al. 2021, eqs. 12 and 16, any η), and the Euler ancestral
/// sampler: they differ in the levels alone. With η = 0 it is an Euler step of the probability-flow ODE.
/// </remarks>
public static class AncestralSampler
{
    /// <summary>Runs from noise to images; the last step, to 0, is x = D.</summary>
    /// <param name="denoise">D.</param>
    /// <param name="state">x, [n, c, h, w]: standard normal noise times the first level on entry, images on return.</param>
    /// <param name="imageCount">n.</param>
    /// <param name="levels">Descending noise levels, without the final 0.</param>
    /// <param name="eta">η in [0, 1].</param>
    /// <param name="noise">Of the steps; iteration = step, index = image.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Checked before each step.</param>
    public static void Sample(
        DenoiseFunction denoise, Span<double> state, int imageCount, IReadOnlyList<double> levels, double eta, INoiseSource noise,
        SamplerProgress? progress = null, CancellationToken cancellationToken = default)
    {
        double[] denoised = new double[state.Length];
        for (int i = 0; i < levels.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double sigma = levels[i];
            double next = i + 1 < levels.Count ? levels[i + 1] : 0;
            double added = AddedNoise(sigma, next, eta);
            double kept = Math.Sqrt((next * next) - (added * added)) / sigma;
            denoise(state, sigma, denoised);
            for (int k = 0; k < state.Length; k++)
            {
                state[k] = denoised[k] + (kept * (state[k] - denoised[k]));
            }

            if (added > 0)
            {
                StateNoise.Add(state, imageCount, added, noise, (uint)i);
            }

            progress?.Invoke(new SamplerStep(i, levels.Count, sigma, state, denoised));
        }
    }

    /// <summary>u = η·s·√(1 − s²/σ²): standard deviation of the noise that a step from σ to s adds.</summary>
    internal static double AddedNoise(double sigma, double next, double eta) => eta * next * Math.Sqrt(Math.Max(0, 1 - (next * next / (sigma * sigma))));
}

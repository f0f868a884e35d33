namespace Sjc.Diffusion.Sampling;

/// <summary>Predictor–corrector sampling of the reverse-time SDEs (Song et al. 2021, algorithms 2 to 5): reverse diffusion, and Langevin steps at each level.</summary>
/// <remarks>State in float64 and in "variance exploding" form throughout: for the variance-preserving process x = √(1+σ²)·x_vp.</remarks>
public static class PredictorCorrectorSampler
{
    /// <summary>Runs from noise to images; the last step takes the noise away and adds none.</summary>
    /// <param name="denoise">D.</param>
    /// <param name="state">x, [n, c, h, w]: standard normal noise times the first level on entry, images on return.</param>
    /// <param name="imageCount">n.</param>
    /// <param name="options">Process, levels and corrector.</param>
    /// <param name="noise">Of all steps; iteration = corrector and predictor steps counted together, index = image.</param>
    /// <param name="progress">Told after each predictor step.</param>
    /// <param name="cancellationToken">Checked before each level.</param>
    public static void Sample(
        DenoiseFunction denoise, Span<double> state, int imageCount, PredictorCorrectorOptions options, INoiseSource noise,
        SamplerProgress? progress = null, CancellationToken cancellationToken = default)
    {
        double[] denoised = new double[state.Length];
        IReadOnlyList<double> levels = options.Levels;
        uint iteration = 0;
        for (int i = 0; i < levels.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double sigma = levels[i];
            double next = i + 1 < levels.Count ? levels[i + 1] : 0;
            for (int step = 0; step < options.CorrectorSteps; step++)
            {
                denoise(state, sigma, denoised);
                Correct(state, denoised, imageCount, sigma, next, options, noise, iteration++);
            }

            denoise(state, sigma, denoised);
            double added = options.Process == ReverseSde.VariancePreserving ? PredictPreserving(state, denoised, sigma, next) : PredictExploding(state, denoised, sigma, next);
            if (next > 0)
            {
                StateNoise.Add(state, imageCount, added, noise, iteration);
            }

            iteration++;
            progress?.Invoke(new SamplerStep(i, levels.Count, sigma, state, denoised));
        }
    }

    /// <summary>x += (σ² − s²)·score.</summary>
    /// <returns>Standard deviation of the noise to add: √(σ² − s²).</returns>
    private static double PredictExploding(Span<double> state, ReadOnlySpan<double> denoised, double sigma, double next)
    {
        double variance = (sigma * sigma) - (next * next);
        for (int k = 0; k < state.Length; k++)
        {
            state[k] += variance / (sigma * sigma) * (denoised[k] - state[k]);
        }

        return Math.Sqrt(variance);
    }

    /// <summary>x_vp ← (2 − √(1−β))·x_vp + β·score_vp, with β = 1 − ᾱ(σ)/ᾱ(s) of the whole step, in exploding form.</summary>
    /// <returns>Standard deviation of the noise to add, √β in the process's own form.</returns>
    private static double PredictPreserving(Span<double> state, ReadOnlySpan<double> denoised, double sigma, double next)
    {
        double root = Math.Sqrt(1 + (sigma * sigma));
        double nextRoot = Math.Sqrt(1 + (next * next));
        double beta = 1 - (nextRoot * nextRoot / (root * root));
        for (int k = 0; k < state.Length; k++)
        {
            // score_vp = √(1+σ²)·score, as x_vp = x/√(1+σ²).
            double score = root * (denoised[k] - state[k]) / (sigma * sigma);
            state[k] = nextRoot * (((2 - Math.Sqrt(1 - beta)) * state[k] / root) + (beta * score));
        }

        return nextRoot * Math.Sqrt(beta);
    }

    /// <summary>A Langevin step of size ε = 2α·(r·‖n‖/‖score‖)², image by image; α is 1, or 1 − β where the process preserves variance.</summary>
    private static void Correct(
        Span<double> state, ReadOnlySpan<double> denoised, int imageCount, double sigma, double next, PredictorCorrectorOptions options, INoiseSource noise, uint iteration)
    {
        int size = state.Length / imageCount;
        float[] values = new float[size];
        double alpha = options.Process == ReverseSde.VariancePreserving ? (1 + (next * next)) / (1 + (sigma * sigma)) : 1;
        for (int image = 0; image < imageCount; image++)
        {
            noise.Fill(iteration, (uint)image, values);
            Span<double> x = state.Slice(image * size, size);
            ReadOnlySpan<double> d = denoised.Slice(image * size, size);
            double scoreNorm = 0;
            double noiseNorm = 0;
            for (int k = 0; k < size; k++)
            {
                double score = (d[k] - x[k]) / (sigma * sigma);
                scoreNorm += score * score;
                noiseNorm += (double)values[k] * values[k];
            }

            if (scoreNorm == 0)
            {
                continue; // No direction to go by: x is its own guess.
            }

            double step = 2 * alpha * options.SignalToNoise * options.SignalToNoise * noiseNorm / scoreNorm;
            double noiseScale = Math.Sqrt(2 * step);
            for (int k = 0; k < size; k++)
            {
                x[k] += (step * (d[k] - x[k]) / (sigma * sigma)) + (noiseScale * values[k]);
            }
        }
    }
}

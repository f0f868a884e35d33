using Sjc.Diffusion.Schedules;

namespace Sjc.Diffusion.Sampling;

/// <summary>Annealed Langevin dynamics (Song and Ermon 2019, algorithm 1, in the form of Wang et al. 2023). State in float64.</summary>
public static class AnnealedLangevinSampler
{
    /// <summary>The noise levels of a run, geometric and snapped.</summary>
    public static double[] Levels(AnnealedLangevinOptions options) =>
        [.. NoiseLevels.Geometric(options.SigmaMax, options.SigmaMin, options.Stages).Select(level => options.Ladder?.Snap(level).Sigma ?? level)];

    /// <summary>Runs from any start to images: at each level σ, a = ε(σ/σ_last)², x += a·score + √(2a)·n.</summary>
    /// <param name="denoise">D.</param>
    /// <param name="state">x, [n, c, h, w]: the start on entry, images on return.</param>
    /// <param name="imageCount">n.</param>
    /// <param name="options">Levels and steps.</param>
    /// <param name="noise">Of the steps; iteration = step, counted over all levels, index = image.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Checked before each step.</param>
    public static void Sample(
        DenoiseFunction denoise, Span<double> state, int imageCount, AnnealedLangevinOptions options, INoiseSource noise,
        SamplerProgress? progress = null, CancellationToken cancellationToken = default)
    {
        double[] levels = Levels(options);
        double[] denoised = new double[state.Length];
        int stepCount = options.Stages * options.StepsPerStage;
        for (int stepIndex = 0; stepIndex < stepCount; stepIndex++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double sigma = levels[stepIndex / options.StepsPerStage];
            double ratio = sigma / levels[^1];
            double size = options.StepSize * ratio * ratio;
            denoise(state, sigma, denoised);
            for (int k = 0; k < state.Length; k++)
            {
                state[k] += size * (denoised[k] - state[k]) / (sigma * sigma);
            }

            StateNoise.Add(state, imageCount, Math.Sqrt(2 * size), noise, (uint)stepIndex);
            progress?.Invoke(new SamplerStep(stepIndex, stepCount, sigma, state, denoised));
        }

        if (options.FinalDenoise)
        {
            denoise(state, levels[^1], denoised);
            denoised.CopyTo(state);
        }
    }
}

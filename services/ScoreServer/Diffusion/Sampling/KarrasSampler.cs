using Sjc.Diffusion.Schedules;

namespace Sjc.Diffusion.Sampling;

/// <summary>The samplers of Karras et al. 2022: algorithm 1 (ODE) and, with churn, algorithm 2. State in float64.</summary>
public static class KarrasSampler
{
    /// <summary>The noise levels t_0 … t_{N−1} of a run, snapped, and a final 0.</summary>
    public static double[] Levels(KarrasOptions options)
    {
        double[] levels = NoiseLevels.Karras(options.SigmaMax, options.SigmaMin, options.Steps, options.Rho);
        return [.. levels.Select(level => Snap(options, level)), 0];
    }

    /// <summary>Runs from noise to images.</summary>
    /// <param name="denoise">D.</param>
    /// <param name="state">x, [n, c, h, w]: standard normal noise times the first level on entry, images on return.</param>
    /// <param name="imageCount">n.</param>
    /// <param name="options">Levels and order.</param>
    /// <param name="noise">Of the churn; iteration = step, index = image.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Checked before each step.</param>
    public static void Sample(
        DenoiseFunction denoise, Span<double> state, int imageCount, KarrasOptions options, INoiseSource noise,
        SamplerProgress? progress = null, CancellationToken cancellationToken = default)
    {
        double[] t = Levels(options);
        double[] denoised = new double[state.Length];
        double[] slope = new double[state.Length];
        double[] trial = new double[state.Length];
        for (int i = 0; i < options.Steps; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double level = options.Churn ? AddChurn(state, imageCount, t[i], i, options, noise) : t[i];
            double step = t[i + 1] - level;

            // Euler: x' = x + h·d, d = (x − D(x; t))/t.
            denoise(state, level, denoised);
            for (int k = 0; k < state.Length; k++)
            {
                slope[k] = (state[k] - denoised[k]) / level;
                trial[k] = state[k] + (step * slope[k]);
            }

            // Heun: x + h·(d + d')/2; at 0 there is no slope to average with.
            if (options.Heun && t[i + 1] > 0)
            {
                denoise(trial, t[i + 1], denoised);
                for (int k = 0; k < state.Length; k++)
                {
                    double next = (trial[k] - denoised[k]) / t[i + 1];
                    trial[k] = state[k] + (step * (slope[k] + next) / 2);
                }
            }

            trial.CopyTo(state);
            progress?.Invoke(new SamplerStep(i, options.Steps, t[i], state, denoised));
        }
    }

    /// <summary>Raises x from level t to t' = t·(1 + min(S_churn/N, √2 − 1)) by adding noise of variance t'² − t².</summary>
    /// <returns>t'.</returns>
    private static double AddChurn(Span<double> state, int imageCount, double level, int stepIndex, KarrasOptions options, INoiseSource noise)
    {
        if (!(level > options.ChurnSigmaMin && level < options.ChurnSigmaMax))
        {
            return level;
        }

        double raised = Snap(options, level * (1 + Math.Min(Math.Sqrt(2) - 1, options.ChurnAmount / options.Steps)));
        double scale = options.ChurnNoiseScale * Math.Sqrt(Math.Max(0, (raised * raised) - (level * level)));
        StateNoise.Add(state, imageCount, scale, noise, (uint)stepIndex);
        return raised;
    }

    private static double Snap(KarrasOptions options, double level) => options.Ladder?.Snap(level).Sigma ?? level;
}

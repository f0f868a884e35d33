namespace Sjc.Diffusion.Sampling;

/// <summary>The probability-flow ODE dx/dσ = (x − D(x; σ))/σ (Song et al. 2021, eq. 13; Karras et al. 2022, eq. 1), solved with error control in log σ.</summary>
/// <remarks>State in float64. The images of a batch share their steps, so that an image depends on the others within the tolerance.</remarks>
public static class ProbabilityFlow
{
    /// <summary>Half the distance of the central difference along a probe, in units of σ: D varies on that scale.</summary>
    private const double ProbeDistance = 1e-3;

    /// <summary>Runs from noise to images.</summary>
    /// <param name="denoise">D, at any noise level in range.</param>
    /// <param name="state">x, [n, c, h, w]: standard normal noise times σ_max on entry, images on return.</param>
    /// <param name="imageCount">n.</param>
    /// <param name="options">Range and tolerance.</param>
    /// <param name="progress">Told after each step; the number of steps in all is an estimate until the last.</param>
    /// <param name="cancellationToken">Checked before each step.</param>
    /// <returns>Evaluations of D.</returns>
    public static int Sample(
        DenoiseFunction denoise, Span<double> state, int imageCount, ProbabilityFlowOptions options, SamplerProgress? progress = null, CancellationToken cancellationToken = default)
    {
        double[] denoised = new double[state.Length];
        double end = Math.Log(options.SigmaMin);
        SolverOptions solver = Solver(options, Enumerable.Repeat(state.Length / imageCount, imageCount));
        int evaluations = new DormandPrince((time, x, slope) => Slope(denoise, Math.Exp(time), x, slope), solver).Integrate(
            Math.Log(options.SigmaMax),
            end,
            state,
            (stepIndex, from, to, x, slope) =>
            {
                for (int k = 0; k < denoised.Length; k++)
                {
                    denoised[k] = x[k] - slope[k];
                }

                int left = (int)Math.Ceiling((to - end) / (from - to));
                progress?.Invoke(new SamplerStep(stepIndex, stepIndex + 1 + left, Math.Exp(from), x, denoised));
            },
            cancellationToken);
        if (options.FinalDenoise)
        {
            denoised.CopyTo(state); // The last step's slope was taken where it ended.
        }

        return evaluations;
    }

    /// <summary>log p(x; σ_min) of images, in nats: that of the noise to which the ODE takes them, and the flow's change of volume on the way
    /// (Song et al. 2021, eq. 39). The divergence is Hutchinson's estimate with random signs, by central differences.</summary>
    /// <param name="denoise">D, at any noise level in range.</param>
    /// <param name="images">x at σ_min, [n, c, h, w].</param>
    /// <param name="imageCount">n.</param>
    /// <param name="options">Range and tolerance.</param>
    /// <param name="noise">Whose signs are the probes'; iteration = probe, index = image.</param>
    /// <param name="probes">Over which the estimate is averaged, at least 1; each takes two evaluations more a slope.</param>
    /// <param name="cancellationToken">Checked before each step.</param>
    /// <returns>[n].</returns>
    /// <exception cref="ArgumentException"><paramref name="probes"/> is less than 1.</exception>
    public static double[] LogLikelihood(
        DenoiseFunction denoise, ReadOnlySpan<double> images, int imageCount, ProbabilityFlowOptions options, INoiseSource noise, int probes = 1, CancellationToken cancellationToken = default)
    {
        if (probes < 1)
        {
            throw new ArgumentException($"{nameof(probes)} must be at least 1, but is {probes}.", nameof(probes));
        }

        int length = images.Length;
        int size = length / imageCount;
        float[][] signs = [.. Enumerable.Range(0, probes).Select(probe => Signs(noise, (uint)probe, imageCount, size))];
        double[] state = new double[length + imageCount];
        images.CopyTo(state);

        // The state's tail integrates div(x − D) = size − tr(∂D/∂x) over log σ.
        void Augmented(double time, ReadOnlySpan<double> x, Span<double> slope)
        {
            double sigma = Math.Exp(time);
            Slope(denoise, sigma, x[..length], slope[..length]);
            slope[length..].Fill(size);
            foreach (float[] probe in signs)
            {
                SubtractTrace(denoise, sigma, x[..length], probe, slope[length..], probes);
            }
        }

        SolverOptions solver = Solver(options, [.. Enumerable.Repeat(size, imageCount), .. Enumerable.Repeat(1, imageCount)]);
        new DormandPrince(Augmented, solver).Integrate(Math.Log(options.SigmaMin), Math.Log(options.SigmaMax), state, progress: null, cancellationToken);
        double variance = options.SigmaMax * options.SigmaMax;
        return [.. Enumerable.Range(0, imageCount).Select(image =>
            (-0.5 * state.AsSpan(image * size, size).ToArray().Sum(value => (value * value / variance) + Math.Log(2 * Math.PI * variance))) + state[length + image])];
    }

    /// <summary>dx/d log σ = x − D.</summary>
    private static void Slope(DenoiseFunction denoise, double sigma, ReadOnlySpan<double> state, Span<double> slope)
    {
        denoise(state, sigma, slope);
        for (int k = 0; k < slope.Length; k++)
        {
            slope[k] = state[k] - slope[k];
        }
    }

    /// <summary>Subtracts vᵀ(∂D/∂x)v, divided by the number of probes, from each image's entry.</summary>
    private static void SubtractTrace(DenoiseFunction denoise, double sigma, ReadOnlySpan<double> state, float[] probe, Span<double> divergences, int probes)
    {
        double distance = ProbeDistance * sigma;
        double[] ahead = Denoise(distance, state);
        double[] behind = Denoise(-distance, state);
        int size = state.Length / divergences.Length;
        for (int k = 0; k < probe.Length; k++)
        {
            divergences[k / size] -= probe[k] * (ahead[k] - behind[k]) / (2 * distance * probes);
        }

        double[] Denoise(double along, ReadOnlySpan<double> from)
        {
            double[] moved = new double[from.Length];
            for (int k = 0; k < moved.Length; k++)
            {
                moved[k] = from[k] + (along * probe[k]);
            }

            double[] result = new double[moved.Length];
            denoise(moved, sigma, result);
            return result;
        }
    }

    private static float[] Signs(INoiseSource noise, uint probe, int imageCount, int size)
    {
        float[] values = new float[imageCount * size];
        for (int image = 0; image < imageCount; image++)
        {
            noise.Fill(probe, (uint)image, values.AsSpan(image * size, size));
        }

        return [.. values.Select(value => value < 0 ? -1f : 1f)];
    }

    private static SolverOptions Solver(ProbabilityFlowOptions options, IEnumerable<int> blocks) => new()
    {
        Blocks = [.. blocks],
        RelativeTolerance = options.Tolerance,
        AbsoluteTolerance = options.Tolerance,
        MaxSteps = options.MaxSteps,
    };
}

using Sjc.Diffusion.Schedules;
using Sjc.Numerics;

namespace Sjc.Diffusion.Sampling;

/// <summary>The samplers by name, with the product's start and step noise.</summary>
public static class ImageSampler
{
    /// <summary>Langevin steps at each noise level, of the steps that a caller asks for.</summary>
    private const int LangevinStepsPerStage = 5;

    /// <summary>a/σ² of Langevin steps: each takes x this far towards D.</summary>
    private const double LangevinStepFraction = 0.2;

    /// <summary>Draws images.</summary>
    /// <param name="denoise">D.</param>
    /// <param name="shape">Of one image.</param>
    /// <param name="options">What to draw and how.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Checked before each step.</param>
    /// <returns>Images, [n, c, h, w].</returns>
    /// <exception cref="ArgumentException">The sampler's name is unknown, or a number is out of range.</exception>
    public static double[] Sample(
        DenoiseFunction denoise, DataShape shape, ImageSamplerOptions options, SamplerProgress? progress = null, CancellationToken cancellationToken = default)
    {
        RequireOptions(options);
        double[] state = new double[options.Count * shape.ElementCount];
        double start = options.Ladder?.Snap(options.SigmaMax).Sigma ?? options.SigmaMax;
        StateNoise.Add(state, options.Count, start, new RandomKeyNoise(options.Seed, RandomStream.SamplerInitialization));
        RandomKeyNoise noise = new(options.Seed, RandomStream.SamplerNoise);
        if (options.Sampler == SamplerNames.AnnealedLangevin)
        {
            AnnealedLangevinSampler.Sample(denoise, state, options.Count, Langevin(options), noise, progress, cancellationToken);
        }
        else
        {
            KarrasSampler.Sample(denoise, state, options.Count, Karras(options), noise, progress, cancellationToken);
        }

        return state;
    }

    private static KarrasOptions Karras(ImageSamplerOptions options) => new()
    {
        Steps = options.Steps,
        SigmaMax = options.SigmaMax,
        SigmaMin = options.SigmaMin,
        Ladder = options.Ladder,
        Heun = options.Sampler != SamplerNames.KarrasEuler,
        Churn = options.Sampler == SamplerNames.KarrasStochastic,
    };

    private static AnnealedLangevinOptions Langevin(ImageSamplerOptions options)
    {
        int stepsPerStage = Math.Min(LangevinStepsPerStage, options.Steps);
        double last = options.Ladder?.Snap(options.SigmaMin).Sigma ?? options.SigmaMin;
        return new AnnealedLangevinOptions
        {
            Stages = options.Steps / stepsPerStage,
            StepsPerStage = stepsPerStage,
            SigmaMax = options.SigmaMax,
            SigmaMin = options.SigmaMin,
            StepSize = LangevinStepFraction * last * last,
            Ladder = options.Ladder,
            FinalDenoise = true,
        };
    }

    private static void RequireOptions(ImageSamplerOptions options)
    {
        if (!SamplerNames.All.Contains(options.Sampler))
        {
            throw new ArgumentException($"{nameof(options.Sampler)} must be one of {string.Join(", ", SamplerNames.All)}, but is \"{options.Sampler}\".", nameof(options));
        }

        if (options.Steps < 1 || options.Count < 1)
        {
            throw new ArgumentException($"{nameof(options.Steps)} and {nameof(options.Count)} must be at least 1, but are {options.Steps} and {options.Count}.", nameof(options));
        }
    }
}

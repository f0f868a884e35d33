using Sjc.Diffusion.Schedules;
using Sjc.Numerics;

namespace Sjc.Diffusion.Sampling;

/// <summary>The samplers by name, with the product's start and step noise.</summary>
public static class ImageSampler
{
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
        Run(denoise, state, options, new RandomKeyNoise(options.Seed, RandomStream.SamplerNoise), progress, cancellationToken);
        return state;
    }

    private static void Run(
        DenoiseFunction denoise, Span<double> state, ImageSamplerOptions options, RandomKeyNoise noise, SamplerProgress? progress, CancellationToken cancellationToken)
    {
        switch (options.Sampler)
        {
            case SamplerNames.EulerAncestral:
                AncestralSampler.Sample(denoise, state, options.Count, Levels(SamplerLevels.Karras), options.Eta ?? 1, noise, progress, cancellationToken);
                break;
            case SamplerNames.Ddpm:
            case SamplerNames.Ddim:
                double eta = options.Eta ?? (options.Sampler == SamplerNames.Ddpm ? 1 : 0);
                AncestralSampler.Sample(denoise, state, options.Count, Levels(SamplerLevels.Chain), eta, noise, progress, cancellationToken);
                break;
            case SamplerNames.VeSde:
                PredictorCorrectorSampler.Sample(denoise, state, options.Count, PredictorCorrector(options, ReverseSde.VarianceExploding), noise, progress, cancellationToken);
                break;
            case SamplerNames.VpSde:
                PredictorCorrectorSampler.Sample(denoise, state, options.Count, PredictorCorrector(options, ReverseSde.VariancePreserving), noise, progress, cancellationToken);
                break;
            case SamplerNames.ProbabilityFlow:
                ProbabilityFlowOptions flow = new() { SigmaMax = options.SigmaMax, SigmaMin = options.SigmaMin, Tolerance = options.Tolerance };
                ProbabilityFlow.Sample(denoise, state, options.Count, flow, progress, cancellationToken);
                break;
            case SamplerNames.AnnealedLangevin:
                AnnealedLangevinSampler.Sample(denoise, state, options.Count, Langevin(options), noise, progress, cancellationToken);
                break;
            default:
                KarrasSampler.Sample(denoise, state, options.Count, Karras(options), noise, progress, cancellationToken);
                break;
        }

        double[] Levels(Func<double, double, int, SigmaLadder?, double[]> spacing) => spacing(options.SigmaMax, options.SigmaMin, options.Steps, options.Ladder);
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

    private static PredictorCorrectorOptions PredictorCorrector(ImageSamplerOptions options, ReverseSde process)
    {
        Func<double, double, int, SigmaLadder?, double[]> spacing = process == ReverseSde.VarianceExploding ? SamplerLevels.Geometric : SamplerLevels.Chain;
        return new PredictorCorrectorOptions
        {
            Process = process,
            Levels = spacing(options.SigmaMax, options.SigmaMin, options.Steps, options.Ladder),
            SignalToNoise = options.SignalToNoise,
        };
    }

    private static AnnealedLangevinOptions Langevin(ImageSamplerOptions options)
    {
        int stepsPerStage = Math.Min(options.StepsPerLevel, options.Steps);
        int stages = options.Steps / stepsPerStage;
        double last = options.Ladder?.Snap(options.SigmaMin).Sigma ?? options.SigmaMin;
        double ratio = Math.Pow(options.SigmaMax / last, 1.0 / Math.Max(1, stages - 1));
        return new AnnealedLangevinOptions
        {
            Stages = stages,
            StepsPerStage = stepsPerStage,
            SigmaMax = options.SigmaMax,
            SigmaMin = options.SigmaMin,
            StepSize = LangevinStepSize.Choose(ratio, stepsPerStage, last),
            Ladder = options.Ladder,
            FinalDenoise = true,
        };
    }

    private static void RequireOptions(ImageSamplerOptions options)
    {
        IReadOnlyList<string> names = options.Ladder is null ? SamplerNames.All : SamplerNames.OnLadder;
        if (!names.Contains(options.Sampler))
        {
            throw new ArgumentException($"{nameof(options.Sampler)} must be one of {string.Join(", ", names)}, but is \"{options.Sampler}\".", nameof(options));
        }

        if (options.Steps < 1 || options.Count < 1 || options.StepsPerLevel < 1)
        {
            throw new ArgumentException(
                $"{nameof(options.Steps)}, {nameof(options.Count)} and {nameof(options.StepsPerLevel)} must be at least 1, but are {options.Steps}, {options.Count} and {options.StepsPerLevel}.",
                nameof(options));
        }

        Require(options.Eta is null or (>= 0 and <= 1), nameof(options.Eta), "in [0, 1]", options.Eta);
        Require(options.Tolerance is >= 1e-10 and <= 0.1, nameof(options.Tolerance), "in [1e-10, 0.1]", options.Tolerance);
        Require(options.SignalToNoise is > 0 and <= 10, nameof(options.SignalToNoise), "in (0, 10]", options.SignalToNoise);

        static void Require(bool holds, string name, string rule, double? actual)
        {
            if (!holds)
            {
                throw new ArgumentException($"{name} must be {rule}, but is {actual}.", nameof(options));
            }
        }
    }
}

using Sjc.Contracts.Field.V1;
using Sjc.Contracts.Score.V1;
using Sjc.RadianceField.Optimization;
using ColorMode = Sjc.Contracts.Field.V1.ColorMode;
using FieldWording = Sjc.RadianceField.Cameras.ViewWording;
using SigmaDistribution = Sjc.Contracts.Field.V1.SigmaDistribution;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>From a spec with every field filled in to the options of the optimisation.</summary>
internal static class SpecOptions
{
    /// <summary>Rungs that a ladder needs to be drawn from, without its greatest and least ones.</summary>
    public const int FewestRungs = SjcOptions.LadderSkipGreatest + SjcOptions.LadderSkipLeast + 1;

    /// <summary>Views that one request to a model may hold, and so one iteration.</summary>
    public static uint MostViews(Model model) => model.MaxImagesPerRequest > 0 ? Math.Min(16, model.MaxImagesPerRequest) : 16;

    /// <summary>The options; they may still break a rule of their own.</summary>
    /// <param name="spec">With every field filled in.</param>
    /// <param name="model">Of the scorer.</param>
    /// <param name="threads">Of the renderer.</param>
    public static SjcOptions ToSjcOptions(JobSpec spec, Model model, int threads) => new()
    {
        Seed = spec.Seed,
        Iterations = (int)spec.Iterations,
        Threads = threads,
        Channels = (int)model.DataShape[0],
        ScorerHeight = (int)model.DataShape[1],
        ScorerWidth = (int)model.DataShape[2],
        GridSize = (int)spec.Field.GridSize,
        Growth = spec.Field.Growth.Count > 0 ? [.. spec.Field.Growth.Select(step => new RadianceField.Optimization.GrowthStep((int)step.Iteration, (int)step.GridSize))] : null,
        PruneIterations = spec.Field.PruneIterations.Count > 0 ? [.. spec.Field.PruneIterations.Select(iteration => (int)iteration)] : null,
        PruneThreshold = spec.Field.PruneIterations.Count > 0 ? spec.Field.PruneThreshold : null,
        BoxHalfExtent = spec.Field.BoxHalfExtent,
        ColorMode = spec.Field.ColorMode == ColorMode.SigmoidCentered ? RadianceField.Fields.ColorMode.SigmoidCentered : RadianceField.Fields.ColorMode.Raw,
        DensityShift = spec.Field.DensityShift,
        BackgroundColor = spec.Field.BackgroundColor.Count > 0 ? [.. spec.Field.BackgroundColor] : null,
        BackgroundSize = (int)spec.Field.BackgroundSize,
        StepRatio = spec.Field.StepRatio,
        WeightThreshold = spec.Field.WeightThreshold,
        RandomRayOffset = spec.Field.RandomRayOffset,
        RenderSize = (int)spec.Field.RenderSize,
        LearnDensityScale = spec.Field.LearnDensityScale,
        CameraRadius = spec.Camera.Radius,
        FovMinDegrees = spec.Camera.FovMinDegrees,
        FovMaxDegrees = spec.Camera.FovMaxDegrees,
        PolarRangeDegrees = spec.Camera.PolarRangeDegrees,
        ViewWording = Wording(spec, model),
        ViewsPerIteration = (int)spec.Score.ViewsPerIteration,
        SigmaDistribution = spec.Score.SigmaDistribution == SigmaDistribution.Ladder
            ? RadianceField.Optimization.SigmaDistribution.Ladder
            : RadianceField.Optimization.SigmaDistribution.LogUniform,
        SigmaLadder = [.. model.SigmaLadder],
        SigmaMin = spec.Score.SigmaMin,
        SigmaMaxStart = spec.Score.SigmaMaxStart,
        SigmaMaxEnd = spec.Score.SigmaMaxEnd,
        EmptinessWeight = spec.Loss.EmptinessWeight,
        EmptinessScale = spec.Loss.EmptinessScale,
        EmptinessStep = spec.Loss.EmptinessStep,
        EmptinessMultiplier = spec.Loss.EmptinessMultiplier,
        DepthWeight = spec.Loss.DepthWeight,
        LearningRate = spec.Optimizer.LearningRate,
        BackgroundLearningRate = spec.Optimizer.BackgroundLearningRate,
        AnnealBySigma = spec.Optimizer.AnnealBySigma,
    };

    /// <summary>The prompt with the longest words of a view, and the negative prompt where there is one.</summary>
    public static IReadOnlyList<string> LongestPrompts(JobSpec spec, Model model)
    {
        string prompt = Wording(spec, model) is { } wording
            ? wording.Compose(wording.Bands.SelectMany(band => band.SectorWords).MaxBy(words => words.Length)!, spec.Prompt)
            : spec.Prompt;
        return spec.NegativePrompt.Length > 0 ? [prompt, spec.NegativePrompt] : [prompt];
    }

    private static FieldWording? Wording(JobSpec spec, Model model)
    {
        if (!spec.Camera.ViewDependentPrompts || model.Conditioning != ConditioningKind.Prompt)
        {
            return null;
        }

        return model.ViewWording is { Bands.Count: > 0 } wording
            ? new FieldWording(wording.Template, [.. wording.Bands.Select(band => new RadianceField.Cameras.ViewBand(band.MaxElevationDegrees, [.. band.SectorWords]))])
            : FieldWording.Reference;
    }
}

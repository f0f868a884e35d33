using Sjc.Numerics;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimization;

namespace Sjc.RadianceField.Tests.Optimization;

/// <summary>A small optimisation with a made-up scorer: pulls every picture to one of its own noise.</summary>
internal static class TestRun
{
    internal static SjcOptions Options { get; } = new()
    {
        Seed = 5,
        Iterations = 12,
        Threads = 1,
        Channels = 3,
        ScorerHeight = 16,
        ScorerWidth = 18,
        GridSize = 10,
        BoxHalfExtent = 0.6,
        ColorMode = ColorMode.SigmoidCentered,
        StepRatio = 1,
        RandomRayOffset = true,
        RenderSize = 16,
        SigmaDistribution = SigmaDistribution.LogUniform,
        EmptinessWeight = 20,
        EmptinessMultiplier = 3,
        DepthWeight = 1,
        LearningRate = 0.1,
    };

    /// <summary>A start with a dense ball in one corner and next to nothing elsewhere.</summary>
    internal static VoxelField BallInACorner(SjcOptions options)
    {
        VoxelField field = FieldInitialization.Create(options);
        GridSize grid = field.Grid;
        double radius = grid.X / 4.0;
        field.Voxels.ImportDensity([.. Enumerable.Range(0, (int)grid.VoxelCount).Select(i =>
        {
            (double x, double y, double z) = ((i % grid.X) - radius, (i / grid.X % grid.Y) - radius, (i / grid.X / grid.Y) - radius);
            return Math.Sqrt((x * x) + (y * y) + (z * z)) < radius ? 6f : -6f;
        })]);
        return field;
    }

    /// <summary>Does iterations up to one.</summary>
    internal static IterationLosses RunTo(SjcOptimization optimization, int iteration)
    {
        IterationLosses losses = default;
        while (optimization.Iteration < iteration)
        {
            losses = Step(optimization);
        }

        return losses;
    }

    internal static IterationLosses Step(SjcOptimization optimization)
    {
        SjcOptions options = optimization.Options;
        int length = options.Channels * options.ScorerHeight * options.ScorerWidth;
        float[] gradient = new float[options.ViewsPerIteration * length];
        for (int view = 0; view < options.ViewsPerIteration; view++)
        {
            ViewPlan plan = optimization.Plan(optimization.Iteration, view);
            ReadOnlySpan<float> image = optimization.Render(plan);
            Span<float> part = gradient.AsSpan(view * length, length);
            new RandomKey(9, RandomStream.ScoreNoise, (uint)plan.Iteration, (uint)plan.View).FillNormal(part);
            for (int i = 0; i < length; i++)
            {
                part[i] = ((0.3f * part[i]) - image[i]) / (float)plan.Sigma;
            }
        }

        return optimization.Step(gradient);
    }
}

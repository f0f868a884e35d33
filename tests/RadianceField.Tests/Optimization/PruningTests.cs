using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimization;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Tests.Optimization;

public sealed class PruningTests
{
    private const double Threshold = 0.1;

    private static readonly SjcOptions Options = TestRun.Options with { PruneIterations = [4, 8], PruneThreshold = Threshold };

    [Fact]
    public void Step_PruningDue_TakesTheMaskOfTheFieldAsItIs()
    {
        using SjcOptimization run = Start(Options);
        TestRun.RunTo(run, 3);
        Assert.Null(run.Field.Mask);
        TestRun.RunTo(run, 4);

        AlphaMask expected = AlphaMask.FromField(run.Field, (float)Threshold);
        Assert.Equal(expected.Voxels, run.Field.Mask!.Voxels);
        Assert.InRange(expected.VisibleCount, 1, (int)run.Field.Grid.VoxelCount - 1);
        TestRun.RunTo(run, 7);
        Assert.Equal(expected.Voxels, run.Field.Mask.Voxels);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Step_MaskThatHidesNothing_HasTheBitsOfNone(int views)
    {
        SjcOptions options = TestRun.Options with { ViewsPerIteration = views };
        using SjcOptimization plain = Start(options);
        using SjcOptimization pruned = Start(options with { PruneIterations = [2], PruneThreshold = 0 });
        TestRun.RunTo(plain, options.Iterations);
        TestRun.RunTo(pruned, options.Iterations);

        Assert.Equal((int)pruned.Field.Grid.VoxelCount, pruned.Field.Mask!.VisibleCount);
        Assert.Equal(plain.Field.Voxels.ToArray(), pruned.Field.Voxels.ToArray());
        Assert.Equal(plain.Field.Background.Values, pruned.Field.Background.Values);
        Assert.Equal(plain.Field.DensityScale, pruned.Field.DensityScale);
    }

    [Fact]
    public void Step_VoxelsFarOutsideTheMask_MoveNoMoreOnceTheirMomentsAreGone()
    {
        SjcOptions options = TestRun.Options with { Iterations = 500, PruneIterations = [4], PruneThreshold = Threshold, EmptinessMultiplier = 1 };
        using SjcOptimization run = Start(options);
        TestRun.RunTo(run, 400); // 0.9ᵗ of a moment is under 1e-16 after 350 steps, and set to zero
        float[] before = run.Field.Voxels.ToArray();
        TestRun.RunTo(run, 410);
        float[] after = run.Field.Voxels.ToArray();

        AlphaMask touched = Dilated(run.Field.Mask!);
        int frozen = 0;
        for (int i = 0; i < touched.Voxels.Length; i++)
        {
            if (touched.Voxels[i] == 0)
            {
                Assert.Equal(before[i], after[i]);
                frozen++;
            }
        }

        Assert.InRange(frozen, 1, touched.Voxels.Length - 1);
        Assert.NotEqual(before, after);
    }

    [Fact]
    public void Step_ThresholdAboveEverything_LeavesTheFieldAsItIs()
    {
        using SjcOptimization plain = Start(TestRun.Options);
        using SjcOptimization run = Start(Options with { PruneThreshold = 0.99 });
        TestRun.RunTo(plain, Options.Iterations);
        TestRun.RunTo(run, Options.Iterations);

        Assert.Null(run.Field.Mask);
        Assert.Equal(plain.FieldSha256(), run.FieldSha256());
    }

    [Theory]
    [InlineData(3, 1)] // before a mask
    [InlineData(4, 1)] // at once after it
    [InlineData(6, 3)]
    [InlineData(9, 2)] // after the last
    public void Load_PrunedRun_EndsWithTheSameBits(int stop, int views)
    {
        SjcOptions options = Options with { ViewsPerIteration = views, Growth = [new(5, 13)] };
        using SjcOptimization whole = Start(options);
        TestRun.RunTo(whole, options.Iterations);

        using SjcOptimization first = Start(options);
        TestRun.RunTo(first, stop);
        using SjcOptimization second = SjcOptimization.Load(options with { Threads = 2 }, SjcOptimizationTests.Saved(first));
        Assert.Equal(first.Field.Mask?.Pack(), second.Field.Mask?.Pack());
        TestRun.RunTo(second, options.Iterations);

        Assert.NotNull(whole.Field.Mask);
        Assert.Equal(whole.FieldSha256(), second.FieldSha256());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Step_AnyThreads_GivesTheBitsOfOneThread(int threads)
    {
        using SjcOptimization one = Start(Options);
        using SjcOptimization many = Start(Options with { Threads = threads });
        TestRun.RunTo(one, Options.Iterations);
        TestRun.RunTo(many, Options.Iterations);

        Assert.Equal(one.FieldSha256(), many.FieldSha256());
    }

    [Fact]
    public void Step_GridGrows_ResamplesTheMask()
    {
        using SjcOptimization run = Start(Options with { Growth = [new(5, 13)] });
        TestRun.RunTo(run, 4);
        AlphaMask before = run.Field.Mask!;
        TestRun.RunTo(run, 5);

        Assert.Equal(before.Resample(GridSize.Cube(13)).Voxels, run.Field.Mask!.Voxels);
    }

    [Fact]
    public void Step_GrowthAndPruningTogether_PruneTheLargerGrid()
    {
        using SjcOptimization run = Start(Options with { Growth = [new(4, 13)] });
        TestRun.RunTo(run, 4);

        Assert.Equal(AlphaMask.FromField(run.Field, (float)Threshold).Voxels, run.Field.Mask!.Voxels);
    }

    [Fact]
    public void Step_RendererThatKeepsTheField_GivesTheMaskToIt()
    {
        SjcOptions options = Options with { Growth = [new(6, 13)] };
        VoxelField field = TestRun.BallInACorner(options);
        using VoxelRenderer voxels = new(1);
        using SjcOptimization run = new(options, field, new AdamaxState(field), 0, (ours, state, views) => new LaggingRenderer(voxels, ours, state, views));
        using SjcOptimization plain = Start(options);
        TestRun.RunTo(run, options.Iterations);
        TestRun.RunTo(plain, options.Iterations);

        Assert.Equal(plain.FieldSha256(), run.FieldSha256());
    }

    [Fact]
    public void RenderView_PrunedField_ShowsWhatTrainingSees()
    {
        using SjcOptimization run = Start(Options with { RandomRayOffset = false, ScorerHeight = 16, ScorerWidth = 16 });
        TestRun.RunTo(run, 4);
        ViewPlan plan = run.Plan(4, 0);
        float[] training = [.. run.Render(plan)];

        Assert.Equal(training, run.RenderView(plan.Camera).Image);
        run.Field.Mask = null;
        Assert.NotEqual(training, run.RenderView(plan.Camera).Image);
    }

    private static SjcOptimization Start(SjcOptions options) => new(options, TestRun.BallInACorner(options));

    private static AlphaMask Dilated(AlphaMask mask)
    {
        byte[] grown = new byte[mask.Voxels.Length];
        GridSize grid = mask.Grid;
        for (int i = 0; i < grown.Length; i++)
        {
            (int x, int y, int z) = (i % grid.X, i / grid.X % grid.Y, i / grid.X / grid.Y);
            for (int k = Math.Max(z - 1, 0); k <= Math.Min(z + 1, grid.Z - 1); k++)
            {
                for (int j = Math.Max(y - 1, 0); j <= Math.Min(y + 1, grid.Y - 1); j++)
                {
                    for (int l = Math.Max(x - 1, 0); l <= Math.Min(x + 1, grid.X - 1); l++)
                    {
                        grown[i] |= mask.Voxels[(((k * grid.Y) + j) * grid.X) + l];
                    }
                }
            }
        }

        return AlphaMask.FromVoxels(grid, mask.Box, grown);
    }
}

using Sjc.RadianceField.Checkpoints;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimization;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering.Cuda;
using Sjc.RadianceField.Tests.Optimization;

namespace Sjc.RadianceField.Tests.Rendering.Cuda;

/// <summary>The loop over the kernels, built by g++.</summary>
public sealed class CudaOptimizationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Step_InterruptedRunInAnyOrderOfThreads_EndsWithTheSameBits(int views)
    {
        SjcOptions options = TestRun.Options with { ViewsPerIteration = views };
        using SjcOptimization whole = Start(options, backwards: false);
        TestRun.RunTo(whole, options.Iterations);

        using SjcOptimization first = Start(options, backwards: true);
        TestRun.RunTo(first, 5);
        first.Render(first.Plan(5, 0)); // what was under way when it stopped leaves no trace
        (VoxelField field, AdamaxState state, int iteration) = OptimizationFile.Read(SjcOptimizationTests.Saved(first), options.Fingerprint());
        using SjcOptimization second = On(options, field, state, iteration, backwards: true);
        TestRun.RunTo(second, options.Iterations);

        Assert.Equal(whole.FieldSha256(), second.FieldSha256());
        Assert.NotEqual(first.FieldSha256(), second.FieldSha256());
    }

    [Theory]
    [InlineData(5)] // before a growth, with a mask
    [InlineData(6)] // at once after it
    [InlineData(7)]
    [InlineData(8)] // at once after a growth and a mask together
    public void Step_PrunedRunThatGrows_HasTheProcessorsMaskAndResumesWithTheSameBits(int stop)
    {
        SjcOptions options = TestRun.Options with { PruneIterations = [4, 8], PruneThreshold = 0.1, Growth = [new(6, 13), new(8, 15)], ViewsPerIteration = 2 };
        using SjcOptimization whole = Start(options, backwards: false);
        TestRun.RunTo(whole, 4);
        Assert.Equal(AlphaMask.FromField(whole.Field, 0.1f).Voxels, whole.Field.Mask!.Voxels);
        Assert.InRange(whole.Field.Mask.VisibleCount, 1, 999);
        TestRun.RunTo(whole, 8);
        Assert.Equal(AlphaMask.FromField(whole.Field, 0.1f).Voxels, whole.Field.Mask!.Voxels);
        TestRun.RunTo(whole, options.Iterations);

        using SjcOptimization first = Start(options, backwards: true);
        TestRun.RunTo(first, stop);
        (VoxelField field, AdamaxState state, int iteration) = OptimizationFile.Read(SjcOptimizationTests.Saved(first), options.Fingerprint());
        Assert.Equal(options.GridSizeAt(stop), field.Grid.X);
        using SjcOptimization second = On(options, field, state, iteration, backwards: true);
        TestRun.RunTo(second, options.Iterations);

        Assert.Equal(15, whole.Field.Grid.X);
        Assert.Equal(whole.FieldSha256(), second.FieldSha256());
    }

    [Fact]
    public void Step_ThresholdAboveEverything_LeavesTheFieldAsItIs()
    {
        using SjcOptimization plain = Start(TestRun.Options, backwards: false);
        using SjcOptimization run = Start(TestRun.Options with { PruneIterations = [4], PruneThreshold = 0.99 }, backwards: false);
        TestRun.RunTo(plain, 8);
        TestRun.RunTo(run, 8);

        Assert.Null(run.Field.Mask);
        Assert.Equal(plain.FieldSha256(), run.FieldSha256());
    }

    [Fact]
    public void Fingerprint_OfOptions_IsTheSameWhereverItRenders() =>
        Assert.Equal(TestRun.Options.Fingerprint(), (TestRun.Options with { CudaDevice = 3, DeterministicGpu = false }).Fingerprint());

    private static SjcOptimization Start(SjcOptions options, bool backwards)
    {
        VoxelField field = TestRun.BallInACorner(options);
        return On(options, field, new AdamaxState(field), 0, backwards);
    }

    private static SjcOptimization On(SjcOptions options, VoxelField field, AdamaxState state, int iteration, bool backwards) =>
        new(options, field, state, iteration, (held, memory, views) => new CudaTrainingRenderer(new ShimDevice(backwards), held, memory, views, deterministic: true));
}

using Sjc.RadianceField.Checkpoints;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimization;
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

    [Fact]
    public void Fingerprint_OfOptions_IsTheSameWhereverItRenders() =>
        Assert.Equal(TestRun.Options.Fingerprint(), (TestRun.Options with { CudaDevice = 3, DeterministicGpu = false }).Fingerprint());

    private static SjcOptimization Start(SjcOptions options, bool backwards)
    {
        VoxelField field = FieldInitialization.Create(options);
        return On(options, field, new AdamaxState(field), 0, backwards);
    }

    private static SjcOptimization On(SjcOptions options, VoxelField field, AdamaxState state, int iteration, bool backwards) =>
        new(options, field, state, iteration, (held, memory, views) => new CudaTrainingRenderer(new ShimDevice(backwards), held, memory, views, deterministic: true));
}

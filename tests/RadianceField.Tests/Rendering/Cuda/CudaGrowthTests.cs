using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering;
using Sjc.RadianceField.Rendering.Cuda;

namespace Sjc.RadianceField.Tests.Rendering.Cuda;

/// <summary>A grid that grows where it is: by the kernels, built by g++, against the processor's resampling.</summary>
public sealed class CudaGrowthTests
{
    private static readonly GridSize Small = new(9, 8, 7);

    public static TheoryData<int, int, int, int, bool> Growths => new()
    {
        { 4, 13, 11, 10, true },
        { 4, 13, 11, 10, false },
        { 3, 18, 16, 14, true }, // the density shares a group with the colours
        { 1, 9, 8, 21, true },
        { 9, 10, 9, 8, false },
        { 2, 5, 6, 4, true }, // smaller
        { 6, 1, 1, 1, false },
    };

    [Theory]
    [MemberData(nameof(Growths))]
    public void Grow_FieldWithMemory_HasTheProcessorsBits(int channels, int x, int y, int z, bool isMasked)
    {
        GridSize grid = new(x, y, z);
        TestScene scene = new(Small, channels, ColorMode.Raw, 1, texture: isMasked);
        AdamaxState state = RandomState(scene.Field);
        scene.Field.Mask = isMasked ? Scattered(scene.Field) : null;
        VoxelField expected = FieldResampling.Resample(scene.Field, grid);
        AdamaxState expectedState = state.Resample(expected);
        ShimDevice device = new(backwards: isMasked);
        using CudaTrainingRenderer renderer = new(device, scene.Field, state, 1, deterministic: true);
        device.Calls.Clear();

        (VoxelField field, AdamaxState memory) = renderer.Grow(grid);

        string[] mask = isMasked ? ["resample_mask", "down", "wait"] : [];
        Assert.Equal(["resample", "resample", "resample", .. mask], device.Calls);
        Assert.Equal(expected.Mask?.Pack(), field.Mask?.Pack());
        Assert.Equal(isMasked, field.Mask is { } found && found.VisibleCount > 0);
        renderer.ReadBack();
        Assert.Equal(expected.Voxels.ToArray(), field.Voxels.ToArray());
        Assert.Equal(expectedState.FirstMoment.ToArray(), memory.FirstMoment.ToArray());
        Assert.Equal(expectedState.InfinityNorm.ToArray(), memory.InfinityNorm.ToArray());
        Assert.Equal(expected.Background.Values, field.Background.Values);
        Assert.Equal(expectedState.BackgroundMoment, memory.BackgroundMoment);
        Assert.Equal(expectedState.BackgroundNorm, memory.BackgroundNorm);
        Assert.Equal((expected.DensityScale, 0.3f, 0.4f), (field.DensityScale, memory.DensityScaleMoment[0], memory.DensityScaleNorm[0]));
        Assert.Equal(3, memory.Steps);
        Assert.NotSame(scene.Field.Background, field.Background);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Step_AfterAGrowth_MatchesTheProcessor(bool deterministic)
    {
        TestScene scene = new(Small, 4, ColorMode.SigmoidCentered, 60);
        scene.Field.Mask = Scattered(scene.Field);
        AdamaxState state = new(scene.Field);
        using CudaTrainingRenderer renderer = new(new ShimDevice(), scene.Field, state, 1, deterministic);
        Iterate(renderer, scene.Options with { RayOffset = 0.1f }); // leaves a tape and sums of the smaller grid
        Iterate(renderer, scene.Options);
        renderer.ReadBack();
        GridSize grid = new(13, 11, 10);
        VoxelField expected = FieldResampling.Resample(scene.Field, grid);
        AdamaxState expectedState = state.Resample(expected);
        using VoxelRenderer voxels = new(1);
        using CpuTrainingRenderer processor = new(voxels, expected, expectedState, 1);

        (VoxelField field, AdamaxState memory) = renderer.Grow(grid);
        Assert.Throws<ArgumentException>(() => renderer.Step(AdamaxRates.Standard(0.1f))); // the gradient of the smaller grid is gone
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(Iterate(processor, scene.Options), Iterate(renderer, scene.Options), 1e-5);
        }

        renderer.ReadBack();
        Assert.Equal(5, memory.Steps);
        CudaTrainingRendererTests.AssertMostNear(expected.Voxels.ToArray(), field.Voxels.ToArray());
        CudaTrainingRendererTests.AssertMostNear(expectedState.FirstMoment.ToArray(), memory.FirstMoment.ToArray());
        CudaTrainingRendererTests.AssertMostNear(expected.Background.Values, field.Background.Values);
        Assert.Equal(expected.DensityScale, field.DensityScale, 1e-5f);
    }

    private static double Iterate(ITrainingRenderer renderer, RenderOptions options)
    {
        renderer.Forward(0, Camera.Orbit(11, 12, 60, 1.4, 33, 21), options);
        double loss = renderer.Backward(0, new RenderGradient { Image = TestScene.Uniform(30, 4 * 11 * 12, -1, 1), EmptinessWeight = 3, EmptinessScale = 10 });
        renderer.Step(new AdamaxRates(0.02f, 0.01f, 0.03f));
        return loss;
    }

    /// <summary>One of five voxels can be seen.</summary>
    private static AlphaMask Scattered(VoxelField field) =>
        AlphaMask.FromVoxels(field.Grid, field.Box, [.. TestScene.Uniform(31, (int)field.Grid.VoxelCount, 0, 1).Select(value => value < 0.2f ? (byte)1 : (byte)0)]);

    private static AdamaxState RandomState(VoxelField field)
    {
        AdamaxState state = new(field) { Steps = 3 };
        int voxels = (int)field.Grid.VoxelCount;
        state.FirstMoment.ImportDensity(TestScene.Uniform(20, voxels, -1, 1));
        state.FirstMoment.ImportFeatures(TestScene.Uniform(23, voxels * field.Channels, -1, 1));
        state.InfinityNorm.ImportDensity(TestScene.Uniform(21, voxels, 0, 1));
        state.InfinityNorm.ImportFeatures(TestScene.Uniform(24, voxels * field.Channels, 0, 1));
        TestScene.Uniform(22, state.BackgroundMoment.Length, -1, 1).CopyTo(state.BackgroundMoment);
        TestScene.Uniform(25, state.BackgroundNorm.Length, 0, 1).CopyTo(state.BackgroundNorm);
        (state.DensityScaleMoment[0], state.DensityScaleNorm[0]) = (0.3f, 0.4f);
        return state;
    }
}

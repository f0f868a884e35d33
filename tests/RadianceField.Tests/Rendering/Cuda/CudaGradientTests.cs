using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering;
using Sjc.RadianceField.Rendering.Cuda;
using Sjc.RadianceField.Tests.Fields;

namespace Sjc.RadianceField.Tests.Rendering.Cuda;

/// <summary>The field's gradient by the kernels, built by g++: its values, its order and its modes.</summary>
public sealed class CudaGradientTests
{
    [Theory]
    [MemberData(nameof(CudaTrainingRendererTests.Scenes), MemberType = typeof(CudaTrainingRendererTests))]
    public void Backward_RandomScene_MatchesCentralDifferences(ColorMode mode, int channels, bool texture, bool deterministic)
    {
        TestScene scene = new(new GridSize(4, 3, 5), channels, mode, 12, texture) { Options = new(0.5f, 0, 0.3f) };
        FieldGradient gradient = Gradient(scene, deterministic, new ShimDevice());
        CentralDifferences.AssertMatch(scene, gradient);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Backward_MaskedScene_MatchesCentralDifferences(bool deterministic)
    {
        TestScene scene = new(new GridSize(4, 3, 5), 4, ColorMode.SigmoidCentered, 12) { Options = new(0.5f, 0, 0.3f) };
        scene.Field.Mask = AlphaMaskTests.Random(scene.Field.Grid, 0.15f);
        CentralDifferences.AssertMatch(scene, Gradient(scene, deterministic, new ShimDevice()));
    }

    [Fact]
    public void Accumulate_DeterministicInAnyOrderOfThreads_HasTheSameBits()
    {
        TestScene scene = new(new GridSize(9, 8, 7), 4, ColorMode.Raw, 200);
        FieldGradient forwards = Gradient(scene, deterministic: true, new ShimDevice());
        FieldGradient backwards = Gradient(scene, deterministic: true, new ShimDevice(backwards: true));
        Assert.Equal(forwards.Voxels.ToArray(), backwards.Voxels.ToArray());
        Assert.Equal(forwards.Background, backwards.Background);
        Assert.Equal(forwards.DensityScale, backwards.DensityScale);

        // The other mode shows that the order matters here.
        FieldGradient floats = Gradient(scene, deterministic: false, new ShimDevice());
        Assert.NotEqual(floats.Voxels.ToArray(), Gradient(scene, deterministic: false, new ShimDevice(backwards: true)).Voxels.ToArray());
        Nearness.AssertAll(forwards.Voxels.ToArray(), floats.Voxels.ToArray(), 1e-4f);
    }

    [Fact]
    public void Accumulate_VectorReductions_HaveTheBitsOfScalarOnes()
    {
        TestScene scene = new(new GridSize(9, 8, 7), 4, ColorMode.Raw, 60);
        FieldGradient scalars = Gradient(scene, deterministic: false, new ShimDevice());
        FieldGradient vectors = Gradient(scene, deterministic: false, new ShimDevice(vectorReductions: true));
        Assert.Equal(scalars.Voxels.ToArray(), vectors.Voxels.ToArray());
    }

    [Fact]
    public void Accumulate_TwoViews_AddsTheirGradients()
    {
        TestScene scene = new(new GridSize(6, 7, 8), 3, ColorMode.SigmoidCentered, 30);
        FieldGradient once = Gradient(scene, deterministic: true, new ShimDevice());
        using CudaTrainingRenderer renderer = new(new ShimDevice(), scene.Field, new AdamaxState(scene.Field), 2, deterministic: true);
        FieldGradient twice = new(scene.Field);
        for (int view = 0; view < 2; view++)
        {
            renderer.Forward(view, scene.Rays, scene.Options);
            renderer.Backward(view, scene.Gradient);
        }

        renderer.Accumulate(twice);
        Assert.Equal(2 * once.DensityScale, twice.DensityScale, 1e-4f);
        Nearness.AssertAll([.. once.Voxels.ToArray().Select(value => 2 * value)], twice.Voxels.ToArray(), 1e-5f);
        Nearness.AssertAll([.. once.Background.ToArray().Select(value => 2 * value)], twice.Background, 1e-5f);
    }

    [Fact]
    public void Accumulate_InfiniteGradient_IsNotANumber()
    {
        TestScene scene = new(GridSize.Cube(4), 3, ColorMode.Raw, 5);
        using CudaTrainingRenderer renderer = ShimDevice.Renderer(scene, deterministic: true);
        renderer.Forward(0, scene.Rays, scene.Options);
        renderer.Backward(0, new RenderGradient { Image = [float.PositiveInfinity, .. new float[14]] });
        FieldGradient gradient = new(scene.Field);
        renderer.Accumulate(gradient);
        Assert.True(float.IsNaN(gradient.Voxels.Density(1, 1, 1)));
    }

    private static FieldGradient Gradient(TestScene scene, bool deterministic, ShimDevice device)
    {
        using CudaTrainingRenderer renderer = new(device, scene.Field, new AdamaxState(scene.Field), 1, deterministic);
        renderer.Forward(0, scene.Rays, scene.Options);
        renderer.Backward(0, scene.Gradient);
        FieldGradient gradient = new(scene.Field);
        renderer.Accumulate(gradient);
        return gradient;
    }
}

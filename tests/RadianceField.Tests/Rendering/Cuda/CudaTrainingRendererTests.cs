using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering;
using Sjc.RadianceField.Rendering.Cuda;

namespace Sjc.RadianceField.Tests.Rendering.Cuda;

/// <summary>The kernels, built by g++, against the processor's renderer and central differences.</summary>
public sealed class CudaTrainingRendererTests
{
    public static TheoryData<ColorMode, int, bool, bool> Scenes => new()
    {
        { ColorMode.Raw, 4, true, false },
        { ColorMode.Raw, 4, false, true },
        { ColorMode.SigmoidCentered, 3, true, false },
        { ColorMode.SigmoidCentered, 3, true, true },
        { ColorMode.Sigmoid, 1, true, false },
        { ColorMode.Sigmoid, 2, false, true },
        { ColorMode.Raw, 9, true, true },
    };

    [Theory]
    [MemberData(nameof(Scenes))]
    public void Forward_RandomScene_MatchesTheProcessor(ColorMode mode, int channels, bool texture, bool deterministic)
    {
        TestScene scene = new(new GridSize(9, 8, 7), channels, mode, 60, texture);
        using CudaTrainingRenderer renderer = ShimDevice.Renderer(scene, deterministic);
        DeviceTape actual = renderer.Forward(0, scene.Rays, scene.Options);
        using VoxelRenderer oracle = new(1);
        RenderTape expected = new();
        oracle.Forward(scene.Field, scene.Rays, scene.Options, expected);

        Assert.Equal(expected.SampleCount, actual.SampleCount);
        Nearness.AssertAll(expected.Image, actual.Image, 1e-5f);
        Nearness.AssertAll(expected.Depth, actual.Depth, 2e-5f);
        Nearness.AssertAll(expected.Transmittance, actual.Transmittance, 1e-6f);
    }

    [Theory]
    [MemberData(nameof(Scenes))]
    public void Step_ThreeIterations_MatchTheProcessor(ColorMode mode, int channels, bool texture, bool deterministic)
    {
        TestScene scene = new(new GridSize(9, 8, 7), channels, mode, 60, texture);
        TestScene oracle = new(new GridSize(9, 8, 7), channels, mode, 60, texture);
        AdamaxState state = new(oracle.Field);
        using VoxelRenderer processor = new(1);
        RenderTape tape = new();
        AdamaxState deviceState = new(scene.Field);
        using CudaTrainingRenderer renderer = new(new ShimDevice(), scene.Field, deviceState, 1, deterministic);
        for (int i = 0; i < 3; i++)
        {
            AdamaxRates rates = new(0.02f, i == 1 ? null : 0.01f, i == 2 ? null : 0.03f);
            processor.Forward(oracle.Field, oracle.Rays, oracle.Options, tape);
            double expected = processor.Backward(oracle.Field, tape, oracle.Gradient);
            processor.Step(oracle.Field, [tape], state, rates);
            renderer.Forward(0, scene.Rays, scene.Options);
            Assert.Equal(expected, renderer.Backward(0, scene.Gradient), 1e-5);
            renderer.Step(rates);
        }

        renderer.ReadBack();
        Assert.Equal(3, deviceState.Steps);

        // Adamax divides by the gradient's size: where that is near zero, rounding may turn a step. Such voxels are few.
        AssertMostNear(oracle.Field.Voxels.ToArray(), scene.Field.Voxels.ToArray());
        AssertMostNear(state.FirstMoment.ToArray(), deviceState.FirstMoment.ToArray());
        AssertMostNear(state.InfinityNorm.ToArray(), deviceState.InfinityNorm.ToArray());
        AssertMostNear(oracle.Field.Background.Values, scene.Field.Background.Values);
        AssertMostNear(state.BackgroundNorm, deviceState.BackgroundNorm);
        Assert.Equal(oracle.Field.DensityScale, scene.Field.DensityScale, 1e-5f);
        Assert.Equal(state.DensityScaleMoment[0], deviceState.DensityScaleMoment[0], 1e-4f);
        Assert.Equal(state.DensityScaleNorm[0], deviceState.DensityScaleNorm[0], 1e-4f);
    }

    [Fact]
    public void Forward_OfACamera_SeesWhatTheProcessorSees()
    {
        TestScene scene = new(new GridSize(9, 8, 7), 3, ColorMode.Sigmoid, 1);
        Camera camera = Camera.Orbit(17, 23, 60, 1.4, 33, 21);
        using CudaTrainingRenderer renderer = ShimDevice.Renderer(scene, deterministic: false);
        IViewTape actual = renderer.Forward(0, camera, scene.Options);
        using VoxelRenderer oracle = new(1);
        RenderTape expected = new();
        oracle.Forward(scene.Field, new RayBuffer().Fill(camera, scene.Field.Box), scene.Options, expected);

        Assert.Equal(expected.SampleCount, actual.SampleCount);
        Nearness.AssertAll(expected.Image, actual.Image, 2e-5f);
        Nearness.AssertAll(expected.Depth, actual.Depth, 5e-5f);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(2000)] // over what the forward pass has summed with
    public void Backward_EmptinessOnly_ReturnsTheLossOfTheWeights(float scale)
    {
        TestScene scene = new(new GridSize(6, 5, 7), 3, ColorMode.Raw, 40);
        using CudaTrainingRenderer renderer = ShimDevice.Renderer(scene, deterministic: false);
        DeviceTape tape = renderer.Forward(0, scene.Rays, scene.Options);
        float[] weights = new float[tape.SampleCount * tape.RayCount];
        tape.ExportWeights(weights);
        double expected = 7 * weights.Average(weight => Math.Log(1 + ((double)scale * weight)));
        RenderGradient gradient = new() { EmptinessWeight = 7, EmptinessScale = scale };
        Assert.Equal(expected, renderer.Backward(0, gradient), 1e-6);

        // The next forward pass sums with the scale of this one.
        renderer.Step(AdamaxRates.Standard(0));
        renderer.Forward(0, scene.Rays, scene.Options);
        Assert.Equal(expected, renderer.Backward(0, gradient), 1e-6);
    }

    [Fact]
    public void Iteration_SteadyState_OnePictureDownAndOneGradientUp()
    {
        TestScene scene = new(new GridSize(6, 5, 7), 3, ColorMode.Raw, 1);
        ShimDevice device = new();
        using CudaTrainingRenderer renderer = new(device, scene.Field, new AdamaxState(scene.Field), 1, deterministic: false);
        Camera camera = Camera.Orbit(8, 8, 60, 1.4, 33, 21);
        float[] image = new float[3 * 64];
        void Iterate()
        {
            renderer.Forward(0, camera, scene.Options);
            renderer.Backward(0, new RenderGradient { Image = image, EmptinessWeight = 1, EmptinessScale = 10 });
            renderer.Step(AdamaxRates.Standard(0.01f));
        }

        Iterate();
        device.Calls.Clear();
        int allocations = device.Allocations;
        Iterate();
        Assert.Equal(allocations, device.Allocations);
        Assert.Equal(
            [
                "generate_rays", "prepare_rays", "sample_density", "attenuate", "sum_parts", "sample_colors", "composite", "down", "wait",
                "up", "sample_gains", "ray_adjoint", "scatter", "sum_parts", "background_adjoint", "step_voxels", "step_small",
            ],
            device.Calls);
        device.Calls.Clear();
        renderer.ReadBack();
        Assert.Contains("down", device.Calls);
        device.Calls.Clear();
        renderer.ReadBack();
        Assert.Empty(device.Calls);
    }

    [Fact]
    public void Forward_RaysLongerThanTheBox_SaysSoAndStaysInMemory()
    {
        TestScene scene = new(new GridSize(3, 4, 5), 4, ColorMode.Raw, 1);
        using CudaTrainingRenderer renderer = ShimDevice.Renderer(scene, deterministic: false);
        float[] origins = [1e6f, -1e6f, 50, float.NaN, 0, 0];
        float[] directions = [0.6f, 0.8f, 0, 1, float.NaN, 0];
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => renderer.Forward(0, new RayBatch(origins, directions, [0, 0], [9, 9]), scene.Options));
        Assert.StartsWith("Rays must have at most ", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_WrongGradientSize_SaysSo()
    {
        TestScene scene = new(GridSize.Cube(4), 3, ColorMode.Raw, 5);
        using CudaTrainingRenderer renderer = ShimDevice.Renderer(scene, deterministic: false);
        Assert.Throws<InvalidOperationException>(() => renderer.Backward(0, scene.Gradient));
        renderer.Forward(0, scene.Rays, scene.Options);
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => renderer.Backward(0, new RenderGradient { Image = new float[4] }));
        Assert.Equal("gradient.Image must have 15 values or none, but has 4.", thrown.Message);
        Assert.Throws<ArgumentException>(() => renderer.Step(AdamaxRates.Standard(0.1f)));
    }

    internal static void AssertMostNear(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        int far = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            far += Math.Abs(expected[i] - actual[i]) > 2e-4f * Math.Max(1, Math.Abs(expected[i])) ? 1 : 0;
        }

        Assert.True(far <= expected.Length / 500, $"At most one of 500 values may differ, but {far} of {expected.Length} do.");
    }
}

using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimization;
using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Tests.Rendering;

public sealed class VoxelRendererTests
{
    public static TheoryData<ColorMode, int, bool, int> Scenes => new()
    {
        { ColorMode.Raw, 4, true, 16 },
        { ColorMode.Raw, 4, true, 8 },
        { ColorMode.SigmoidCentered, 3, false, 16 },
        { ColorMode.SigmoidCentered, 3, true, 8 },
        { ColorMode.Sigmoid, 3, true, 1 },
        { ColorMode.Raw, 9, false, 16 },
        { ColorMode.Raw, 5, true, 4 },
        { ColorMode.Sigmoid, 1, true, 8 },
    };

    [Theory]
    [MemberData(nameof(Scenes))]
    public void Forward_RandomScene_MatchesDoubleOracle(ColorMode mode, int channels, bool texture, int lanes)
    {
        TestScene scene = new(new GridSize(6, 5, 7), channels, mode, 24, texture);
        using VoxelRenderer renderer = new(1, lanes);
        RenderTape tape = new();
        renderer.Forward(scene.Field, scene.Rays, scene.Options, tape);

        DoubleRenderer oracle = new(scene.Field);
        for (int ray = 0; ray < scene.RayCount; ray++)
        {
            (double[] color, double depth, _) = oracle.Ray(scene, ray, tape.StepLength, tape.SampleCount);
            Assert.Equal(depth, tape.Depth[ray], 1e-4);
            for (int channel = 0; channel < channels; channel++)
            {
                Assert.Equal(color[channel], tape.Image[(channel * scene.RayCount) + ray], 2e-5);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Scenes))]
    public void Backward_RandomScene_MatchesCentralDifferences(ColorMode mode, int channels, bool texture, int lanes)
    {
        TestScene scene = new(new GridSize(4, 3, 5), channels, mode, 12, texture) { Options = new(0.5f, 0, 0.3f) };
        using VoxelRenderer renderer = new(1, lanes);
        CentralDifferences.AssertMatch(scene, scene.Differentiate(renderer).Gradient);
    }

    [Fact]
    public void Backward_EmptinessOnly_ReturnsTheLossOfTheWeights()
    {
        TestScene scene = new(new GridSize(6, 5, 7), 3, ColorMode.Raw, 40);
        using VoxelRenderer renderer = new(1);
        RenderTape tape = new();
        renderer.Forward(scene.Field, scene.Rays, scene.Options, tape);
        double loss = renderer.Backward(scene.Field, tape, new RenderGradient { EmptinessWeight = 7, EmptinessScale = 2000 });
        float[] weights = new float[tape.SampleCount * tape.RayCount];
        tape.ExportWeights(weights);
        Assert.Equal(7 * weights.Average(weight => Math.Log(1 + (2000.0 * weight))), loss, 1e-6);
    }

    [Fact]
    public void Forward_OpaqueField_EndsBehindTheSurface()
    {
        TestScene scene = TestScene.Opaque();
        using VoxelRenderer renderer = new(1);
        RenderTape tape = new();
        renderer.Forward(scene.Field, scene.Rays, scene.Options, tape);
        Assert.Contains(Enumerable.Range(0, tape.Packets.Count), packet => tape.LiveSteps(packet) < tape.Packets.Steps(packet));
        float[] weights = new float[tape.SampleCount * tape.RayCount];
        tape.ExportWeights(weights);
        for (int ray = 0; ray < tape.RayCount; ray++)
        {
            float sum = tape.Transmittance[ray];
            for (int i = 0; i < tape.SampleCount; i++)
            {
                sum += weights[(i * tape.RayCount) + ray];
            }

            Assert.Equal(1, sum, 1e-5f);
        }
    }

    [Fact]
    public void Accumulate_TwoTapes_AddsTheirGradients()
    {
        TestScene scene = new(new GridSize(6, 7, 8), 3, ColorMode.SigmoidCentered, 30);
        using VoxelRenderer renderer = new(1);
        (FieldGradient once, RenderTape tape) = scene.Differentiate(renderer);
        FieldGradient twice = new(scene.Field);
        renderer.Accumulate(scene.Field, [tape, tape], twice);
        Assert.Equal(2 * once.DensityScale, twice.DensityScale, 1e-4f);
        (float[] single, float[] sum) = (once.Voxels.ToArray(), twice.Voxels.ToArray());
        for (int i = 0; i < single.Length; i++)
        {
            Assert.Equal(2 * single[i], sum[i], 1e-4f);
        }
    }

    [Fact]
    public void Forward_RaysThatMissOrPassOutside_SeeTheBackground()
    {
        VoxelField field = new(GridSize.Cube(4), AxisAlignedBox.Cube(1), 3, ColorMode.Raw, 5, Background.Fixed([0.1f, 0.2f, 0.3f]));
        using VoxelRenderer renderer = new(1);
        RenderTape tape = new();
        renderer.Forward(field, new RayBatch([9, 9, 9, 0, 0, 3], [0, 0, 1, 0, 0, -1], [0, 4], [0, 2]), new RenderOptions(0.5f, 0), tape);
        Assert.Equal([0.1f, 0.1f, 0.2f, 0.2f, 0.3f, 0.3f], tape.Image);
        Assert.Equal([10f, 10f], tape.Depth);
    }

    [Fact]
    public void Forward_RaysFarOutsideTheBox_StayInMemory()
    {
        TestScene scene = new(new GridSize(3, 4, 5), 4, ColorMode.Raw, 1);
        using VoxelRenderer renderer = new(1);
        RenderTape tape = new();
        float[] origins = [1e6f, -1e6f, 50, float.NaN, 0, 0];
        float[] directions = [0.6f, 0.8f, 0, 1, float.NaN, 0];
        renderer.Forward(scene.Field, new RayBatch(origins, directions, [0, 0], [9, 9]), scene.Options, tape);
        renderer.Backward(scene.Field, tape, new RenderGradient { EmptinessWeight = 1, EmptinessScale = 1 });
        FieldGradient gradient = new(scene.Field);
        renderer.Accumulate(scene.Field, [tape], gradient);
        Assert.Equal(0, gradient.Voxels.Density(1, 1, 1));
    }

    [Fact]
    public void Backward_AfterAForwardPassThatFailed_SaysSo()
    {
        TestScene scene = new(GridSize.Cube(4), 4, ColorMode.Raw, 20);
        using VoxelRenderer renderer = new(1);
        (_, RenderTape tape) = scene.Differentiate(renderer);
        Assert.Throws<ArgumentException>(() => renderer.Forward(scene.Field, new RayBatch(new float[3], new float[3], [0], [float.NaN]), scene.Options, tape));
        Assert.Throws<InvalidOperationException>(() => renderer.Backward(scene.Field, tape, new RenderGradient()));
        Assert.Throws<ArgumentException>(() => renderer.Accumulate(scene.Field, [tape], new FieldGradient(scene.Field)));
        renderer.Forward(scene.Field, scene.Rays, scene.Options, tape);
        renderer.Backward(scene.Field, tape, scene.Gradient);
    }

    [Fact]
    public void Backward_TapeOfAFieldWithOtherChannels_SaysSo()
    {
        TestScene scene = new(GridSize.Cube(4), 9, ColorMode.Raw, 5);
        VoxelField other = new TestScene(GridSize.Cube(4), 4, ColorMode.Raw, 5).Field;
        using VoxelRenderer renderer = new(1);
        (_, RenderTape tape) = scene.Differentiate(renderer);
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => renderer.Backward(other, tape, scene.Gradient));
        Assert.StartsWith("tape must have the field's 4 channels, but has 9.", thrown.Message, StringComparison.Ordinal);
        thrown = Assert.Throws<ArgumentException>(() => renderer.Accumulate(other, [tape], new FieldGradient(other)));
        Assert.StartsWith("tapes[0] must have the field's 4 channels, but has 9.", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_WrongGradientSize_SaysSo()
    {
        TestScene scene = new(GridSize.Cube(4), 3, ColorMode.Raw, 5);
        using VoxelRenderer renderer = new(1);
        RenderTape tape = new();
        renderer.Forward(scene.Field, scene.Rays, scene.Options, tape);
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => renderer.Backward(scene.Field, tape, new RenderGradient { Image = new float[4] }));
        Assert.Equal("gradient.Image must have 15 values or none, but has 4.", thrown.Message);
    }
}

using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimization;
using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Tests.Rendering;

public sealed class VoxelRendererTests
{
    // A step of 1e-4 in double: truncation and rounding of the differences stay under 1e-6 of the loss's scale, float32 under 1e-4.
    internal const double DifferenceStep = 1e-4;
    private const double GradientTolerance = 3e-4;

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
        (FieldGradient gradient, _) = Gradient(scene, threads: 1, lanes);
        float[] density = new float[scene.Field.Grid.VoxelCount];
        float[] features = new float[density.Length * channels];
        gradient.Voxels.ExportDensity(density);
        gradient.Voxels.ExportFeatures(features);

        DoubleRenderer oracle = new(scene.Field);
        AssertDifferences(scene, oracle, oracle.Density, density);
        AssertDifferences(scene, oracle, oracle.Features, features);
        AssertDifferences(scene, oracle, oracle.Texture, gradient.Background);
        oracle.Scale = scene.Field.DensityScale + DifferenceStep;
        double above = oracle.Loss(scene);
        oracle.Scale = scene.Field.DensityScale - DifferenceStep;
        Assert.Equal((above - oracle.Loss(scene)) / (2 * DifferenceStep), gradient.DensityScale, GradientTolerance * 10);
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

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Step_AnyThreads_GivesTheBitsOfOneThread(int threads)
    {
        (float[] oneField, float[] oneImage) = Train(threads: 1);
        (float[] field, float[] image) = Train(threads);
        Assert.Equal(oneImage, image);
        Assert.Equal(oneField, field);
    }

    [Theory]
    [InlineData(ColorMode.Raw, 4, 8)]
    [InlineData(ColorMode.Raw, 4, 4)]
    [InlineData(ColorMode.Raw, 4, 1)]
    [InlineData(ColorMode.Sigmoid, 7, 8)]
    [InlineData(ColorMode.Sigmoid, 7, 1)]
    public void Step_AnyVectorWidth_GivesTheBitsOfTheWidest(ColorMode mode, int channels, int lanes)
    {
        float[] Train(int width)
        {
            TestScene scene = new(new GridSize(12, 10, 14), channels, mode, 90);
            AdamaxState state = new(scene.Field);
            TrainOn(scene, new VoxelRenderer(1, width), state, 3);
            return [.. scene.Field.Voxels.ToArray(), .. state.InfinityNorm.ToArray(), .. scene.Field.Background.Values, scene.Field.DensityScale];
        }

        Assert.Equal(Train(16), Train(lanes));
    }

    [Fact]
    public void Step_SegmentsThatRestAndWake_GetTheBitsOfAStateThatNeverRests()
    {
        // Looked at, then out of sight until its moments are zero (0.9ᵗ under 1e-16 of them), then looked at again.
        const int OutOfSight = 420;
        (TestScene rested, TestScene moved) = (Opaque(), Opaque());
        (AdamaxState restingState, AdamaxState movingState) = (new(rested.Field), new(moved.Field));
        using VoxelRenderer renderer = new(1);
        RenderTape tape = new();
        for (int i = 0; i < OutOfSight + 4; i++)
        {
            bool sees = i < 2 || i >= OutOfSight + 2;
            Iterate(rested, renderer, tape, restingState, sees ? 1e-4f : 2);
            Iterate(moved, renderer, tape, movingState, sees ? 1e-4f : 2);
            _ = movingState.InfinityNorm; // Brings everything up to date, and so at rest nothing.
            if (i == OutOfSight)
            {
                Assert.Contains(restingState.RestingSince, since => since is > 2 and < OutOfSight);
            }
        }

        Assert.Equal(moved.Field.Voxels.ToArray(), rested.Field.Voxels.ToArray());
        Assert.Equal(movingState.FirstMoment.ToArray(), restingState.FirstMoment.ToArray());
        Assert.Equal(movingState.InfinityNorm.ToArray(), restingState.InfinityNorm.ToArray());
    }

    [Fact]
    public void Forward_OpaqueField_EndsBehindTheSurface()
    {
        TestScene scene = Opaque();
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
    public void Step_OfTape_EqualsAccumulateThenUpdate()
    {
        TestScene stepped = new(new GridSize(9, 8, 7), 4, ColorMode.Raw, 60);
        TestScene updated = new(new GridSize(9, 8, 7), 4, ColorMode.Raw, 60);
        (FieldGradient gradient, _) = Gradient(updated, threads: 1, lanes: null);
        using VoxelRenderer renderer = new(1);
        RenderTape tape = new();
        renderer.Forward(stepped.Field, stepped.Rays, stepped.Options, tape);
        renderer.Backward(stepped.Field, tape, stepped.Gradient);
        renderer.Step(stepped.Field, [tape], new AdamaxState(stepped.Field), AdamaxRates.Standard(0.1f));

        float[] expected = Density(updated.Field);
        float[] densityGradient = new float[expected.Length];
        gradient.Voxels.ExportDensity(densityGradient);
        Adamax.Update(expected, densityGradient, new float[expected.Length], new float[expected.Length], Adamax.CorrectedRate(0.1f, 1));
        float[] actual = Density(stepped.Field);
        for (int i = 0; i < actual.Length; i++)
        {
            // The vector and the scalar kernel may round m differently by one unit.
            Assert.Equal(expected[i], actual[i], 1e-6f);
        }
    }

    [Fact]
    public void Accumulate_TwoTapes_AddsTheirGradients()
    {
        TestScene scene = new(new GridSize(6, 7, 8), 3, ColorMode.SigmoidCentered, 30);
        (FieldGradient once, RenderTape tape) = Gradient(scene, threads: 1, lanes: null);
        using VoxelRenderer renderer = new(1);
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
    public void TrainingStep_SteadyState_AllocatesNothing()
    {
        TestScene scene = new(new GridSize(16, 16, 16), 4, ColorMode.Raw, 100);
        using VoxelRenderer renderer = new(1);
        RenderTape tape = new();
        AdamaxState state = new(scene.Field);
        void Iterate()
        {
            renderer.Forward(scene.Field, scene.Rays, scene.Options, tape);
            renderer.Backward(scene.Field, tape, scene.Gradient);
            renderer.Step(scene.Field, [tape], state, AdamaxRates.Standard(0.01f));
        }

        Iterate();
        Iterate();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Iterate();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
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
    public void Backward_WrongGradientSize_SaysSo()
    {
        TestScene scene = new(GridSize.Cube(4), 3, ColorMode.Raw, 5);
        using VoxelRenderer renderer = new(1);
        RenderTape tape = new();
        renderer.Forward(scene.Field, scene.Rays, scene.Options, tape);
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => renderer.Backward(scene.Field, tape, new RenderGradient { Image = new float[4] }));
        Assert.Equal("gradient.Image must have 15 values or none, but has 4.", thrown.Message);
    }

    [Fact]
    public void Step_WithoutBackward_SaysSo()
    {
        TestScene scene = new(GridSize.Cube(4), 3, ColorMode.Raw, 5);
        using VoxelRenderer renderer = new(1);
        RenderTape tape = new();
        renderer.Forward(scene.Field, scene.Rays, scene.Options, tape);
        Assert.Throws<ArgumentException>(() => renderer.Step(scene.Field, [tape], new AdamaxState(scene.Field), AdamaxRates.Standard(0.1f)));
    }

    private static (FieldGradient Gradient, RenderTape Tape) Gradient(TestScene scene, int threads, int? lanes)
    {
        using VoxelRenderer renderer = new(threads, lanes);
        RenderTape tape = new();
        renderer.Forward(scene.Field, scene.Rays, scene.Options, tape);
        renderer.Backward(scene.Field, tape, scene.Gradient);
        FieldGradient gradient = new(scene.Field);
        renderer.Accumulate(scene.Field, [tape], gradient);
        return (gradient, tape);
    }

    /// <summary>So dense that no ray sees through it.</summary>
    private static TestScene Opaque() => new(new GridSize(40, 12, 14), 4, ColorMode.Raw, 48, densityGain: 4000);

    private static void TrainOn(TestScene scene, VoxelRenderer renderer, AdamaxState state, int iterations)
    {
        using (renderer)
        {
            RenderTape tape = new();
            for (int i = 0; i < iterations; i++)
            {
                Iterate(scene, renderer, tape, state, scene.Options.WeightThreshold);
            }
        }
    }

    private static void Iterate(TestScene scene, VoxelRenderer renderer, RenderTape tape, AdamaxState state, float weightThreshold)
    {
        renderer.Forward(scene.Field, scene.Rays, scene.Options with { WeightThreshold = weightThreshold }, tape);
        renderer.Backward(scene.Field, tape, scene.Gradient);
        renderer.Step(scene.Field, [tape], state, AdamaxRates.Standard(0.01f));
    }

    /// <summary>Three iterations on a grid of several slabs.</summary>
    private static (float[] Field, float[] Image) Train(int threads)
    {
        TestScene scene = new(new GridSize(60, 60, 90), 4, ColorMode.Raw, 300);
        using VoxelRenderer renderer = new(threads);
        RenderTape tape = new();
        AdamaxState state = new(scene.Field);
        for (int i = 0; i < 3; i++)
        {
            Iterate(scene, renderer, tape, state, scene.Options.WeightThreshold);
        }

        return ([.. scene.Field.Voxels.ToArray(), .. scene.Field.Background.Values, scene.Field.DensityScale], tape.Image.ToArray());
    }

    private static float[] Density(VoxelField field)
    {
        float[] density = new float[field.Grid.VoxelCount];
        field.Voxels.ExportDensity(density);
        return density;
    }

    internal static void AssertDifferences(TestScene scene, DoubleRenderer oracle, double[] parameters, ReadOnlySpan<float> gradient)
    {
        for (int i = 0; i < gradient.Length; i++)
        {
            double value = parameters[i];
            parameters[i] = value + DifferenceStep;
            double above = oracle.Loss(scene);
            parameters[i] = value - DifferenceStep;
            double below = oracle.Loss(scene);
            parameters[i] = value;
            Assert.Equal((above - below) / (2 * DifferenceStep), gradient[i], GradientTolerance);
        }
    }
}

using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Tests.Rendering;

/// <summary>Steps of the optimiser that scatter gradients themselves: the same bits however the work is divided.</summary>
public sealed class VoxelRendererStepTests
{
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
        (TestScene rested, TestScene moved) = (TestScene.Opaque(), TestScene.Opaque());
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
    public void Step_OfTape_EqualsAccumulateThenUpdate()
    {
        TestScene stepped = new(new GridSize(9, 8, 7), 4, ColorMode.Raw, 60);
        TestScene updated = new(new GridSize(9, 8, 7), 4, ColorMode.Raw, 60);
        using VoxelRenderer renderer = new(1);
        (FieldGradient gradient, _) = updated.Differentiate(renderer);
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
    public void Step_WithoutBackward_SaysSo()
    {
        TestScene scene = new(GridSize.Cube(4), 3, ColorMode.Raw, 5);
        using VoxelRenderer renderer = new(1);
        RenderTape tape = new();
        renderer.Forward(scene.Field, scene.Rays, scene.Options, tape);
        Assert.Throws<ArgumentException>(() => renderer.Step(scene.Field, [tape], new AdamaxState(scene.Field), AdamaxRates.Standard(0.1f)));
    }

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
}

using Sjc.Numerics.Safetensors;
using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimization;
using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Tests.Optimization;

public sealed class SjcOptimizationTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 2, 1)]
    [InlineData(1, 2, 3)]
    public void Load_InterruptedRun_EndsWithTheSameBits(int threadsBefore, int threadsAfter, int views)
    {
        SjcOptions options = TestRun.Options with { Threads = threadsBefore, ViewsPerIteration = views };
        using SjcOptimization whole = new(options);
        TestRun.RunTo(whole, options.Iterations);

        using SjcOptimization first = new(options);
        TestRun.RunTo(first, 5);
        first.Render(first.Plan(5, 0)); // what was under way when it stopped leaves no trace
        using SjcOptimization second = SjcOptimization.Load(options with { Threads = threadsAfter }, Saved(first));
        TestRun.RunTo(second, options.Iterations);

        Assert.Equal(whole.FieldSha256(), second.FieldSha256());
        Assert.NotEqual(first.FieldSha256(), second.FieldSha256());
    }

    [Fact]
    public void Load_FixedBackgroundAndAnnealedRates_EndsWithTheSameBits()
    {
        SjcOptions options = TestRun.Options with { BackgroundColor = [-1, 1, 1], AnnealBySigma = true, LearnDensityScale = false };
        using SjcOptimization whole = new(options);
        TestRun.RunTo(whole, 8);

        using SjcOptimization first = new(options);
        TestRun.RunTo(first, 3);
        using SjcOptimization second = SjcOptimization.Load(options, Saved(first));
        TestRun.RunTo(second, 8);

        Assert.Equal(whole.FieldSha256(), second.FieldSha256());
        Assert.Equal(0, second.Field.DensityScale);
    }

    [Fact]
    public void Load_OtherOptions_Throws()
    {
        using SjcOptimization run = new(TestRun.Options);
        SafetensorsFile saved = Saved(run);

        InvalidDataException thrown = Assert.Throws<InvalidDataException>(() => SjcOptimization.Load(TestRun.Options with { LearningRate = 0.2 }, saved));

        Assert.Contains("options_sha256", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FileWithoutState_Throws()
    {
        using MemoryStream stream = new();
        new SafetensorsWriter().Add("density", [1f], 1).Write(stream);
        stream.Position = 0;

        Assert.Throws<InvalidDataException>(() => SjcOptimization.Load(TestRun.Options, SafetensorsFile.Read(stream)));
    }

    [Fact]
    public void Step_EqualViews_IsTheStepOfOne()
    {
        SjcOptions options = TestRun.Options with { RandomRayOffset = false };
        using SjcOptimization one = new(options);
        using SjcOptimization two = new(options with { ViewsPerIteration = 2 });
        ViewPlan plan = one.Plan(0, 0);
        float[] gradient = [.. one.Render(plan)];
        two.Render(plan);
        two.Render(plan with { View = 1 });

        IterationLosses single = one.Step(gradient);
        IterationLosses twice = two.Step([.. gradient, .. gradient]);

        // Halves add up exactly in binary; the sum of the two scatters may differ in its last bits.
        Assert.Equal(single.Emptiness, twice.Emptiness, 5);
        Assert.Equal(single.Depth, twice.Depth, 5);
        Assert.Equal(single.ScoreRms, twice.ScoreRms, 9);
        float[] expected = Density(one);
        float[] actual = Density(two);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 0.2001f)); // at most a whole step of 0.1 either way
        Assert.True(expected.Zip(actual).Count(pair => Math.Abs(pair.First - pair.Second) > 1e-4) <= expected.Length / 100);
    }

    [Fact]
    public void Step_GradientTowardsAColour_LeadsEveryViewThere()
    {
        SjcOptions options = TestRun.Options with { EmptinessWeight = 0, DepthWeight = 0, BackgroundColor = [-1, 1, 1] };
        using SjcOptimization run = new(options);
        double first = 0;
        double last = 0;
        for (int i = 0; i < 60; i++)
        {
            float[] image = [.. run.Render(run.Plan(i, 0))];
            last = run.Step([.. image.Select((value, at) => (at < image.Length / 3 ? 0.8f : -0.8f) - value)]).ScoreRms;
            first = i == 0 ? last : first;
        }

        Assert.True(last < first / 3, $"The distance to the colour must fall to a third of {first}, but is {last}.");
    }

    [Fact]
    public void Step_ViewNotRendered_Throws()
    {
        using SjcOptimization run = new(TestRun.Options with { ViewsPerIteration = 2 });
        run.Render(run.Plan(0, 0));

        Assert.Throws<InvalidOperationException>(() => run.Step(new float[run.Images.Length]));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Step_GradientNotFinite_ThrowsAndChangesNothing(float bad)
    {
        using SjcOptimization run = new(TestRun.Options);
        string before = run.FieldSha256();
        run.Render(run.Plan(0, 0));
        float[] gradient = new float[run.Images.Length];
        gradient[7] = bad;

        Assert.Throws<ArgumentException>(() => run.Step(gradient));
        Assert.Equal(before, run.FieldSha256());
        Assert.Equal(0, run.Iteration);
    }

    [Fact]
    public void Render_PlanOfAnotherIteration_Throws()
    {
        using SjcOptimization run = new(TestRun.Options);

        Assert.Throws<ArgumentException>(() => run.Render(run.Plan(1, 0)));
        Assert.Throws<ArgumentException>(() => run.Render(run.Plan(0, 1)));
        Assert.Throws<ArgumentException>(() => run.Render(run.Plan(0, 0) with { Camera = Camera.Orbit(8, 8, 50, 1.5, 0, 0) }));
    }

    [Fact]
    public void RenderView_Supersampled_IsTheMeanOfFinePixels()
    {
        using SjcOptimization run = new(TestRun.Options);
        TestRun.RunTo(run, 3);
        Camera coarse = Camera.Orbit(9, 11, 50, 1.5, 30, 20);
        Camera fine = Camera.Orbit(18, 22, 50, 1.5, 30, 20);

        RenderedView actual = run.RenderView(coarse, 2);
        RenderedView parts = run.RenderView(fine);

        for (int row = 0; row < 9; row++)
        {
            for (int column = 0; column < 11; column++)
            {
                int corner = (2 * row * 22) + (2 * column);
                foreach ((float[] means, float[] values) in new[] { (actual.Image, parts.Image), (actual.Depth, parts.Depth), (actual.Opacity, parts.Opacity) })
                {
                    float mean = (values[corner] + values[corner + 1] + values[corner + 22] + values[corner + 23]) / 4;
                    Assert.Equal(mean, means[(row * 11) + column], 1e-4f);
                }
            }
        }
    }

    private static float[] Density(SjcOptimization run)
    {
        float[] density = new float[run.Field.Grid.VoxelCount];
        run.Field.Voxels.ExportDensity(density);
        return density;
    }

    internal static SafetensorsFile Saved(SjcOptimization run)
    {
        using MemoryStream stream = new();
        SafetensorsWriter writer = new();
        run.Save(writer);
        writer.Write(stream);
        stream.Position = 0;
        return SafetensorsFile.Read(stream);
    }
}

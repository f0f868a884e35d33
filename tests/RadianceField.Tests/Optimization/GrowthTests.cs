using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimization;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Tests.Optimization;

public sealed class GrowthTests
{
    private static readonly SjcOptions Options = TestRun.Options with { Growth = [new(4, 13), new(7, 17)] };

    [Fact]
    public void Step_GrowthDue_ResamplesFieldAndMoments()
    {
        SjcOptions plain = TestRun.Options;
        VoxelField field = FieldInitialization.Create(plain);
        AdamaxState state = new(field);
        using SjcOptimization before = new(plain, field, state, 0);
        using SjcOptimization after = new(Options);
        TestRun.RunTo(before, 4);
        TestRun.RunTo(after, 4);

        VoxelField expected = FieldResampling.Resample(before.Field, GridSize.Cube(13));
        VoxelRecords moments = new(expected.Grid, expected.Channels);
        VoxelRecords norms = new(expected.Grid, expected.Channels);
        FieldResampling.Resample(state.FirstMoment, moments);
        FieldResampling.Resample(state.InfinityNorm, norms);
        (float[] savedMoments, float[] savedNorms) = Memory(after);

        Assert.Equal(expected.Voxels.ToArray(), after.Field.Voxels.ToArray());
        Assert.Equal(expected.Background.Values.ToArray(), after.Field.Background.Values.ToArray());
        Assert.Equal(expected.DensityScale, after.Field.DensityScale);
        Assert.Equal(moments.ToArray(), savedMoments);
        Assert.Equal(norms.ToArray(), savedNorms);
        Assert.NotEqual(0, expected.DensityScale);
    }

    [Theory]
    [InlineData(3)] // before a growth
    [InlineData(4)] // at once after it
    [InlineData(6)]
    [InlineData(9)] // after the last
    public void Load_RunThatGrows_EndsWithTheSameBits(int stop)
    {
        using SjcOptimization whole = new(Options);
        TestRun.RunTo(whole, Options.Iterations);

        using SjcOptimization first = new(Options);
        TestRun.RunTo(first, stop);
        using SjcOptimization second = SjcOptimization.Load(Options with { Threads = 2 }, SjcOptimizationTests.Saved(first));
        Assert.Equal(Options.GridSizeAt(stop), second.Field.Grid.X);
        TestRun.RunTo(second, Options.Iterations);

        Assert.Equal(17, whole.Field.Grid.X);
        Assert.Equal(whole.FieldSha256(), second.FieldSha256());
    }

    [Fact]
    public void Step_RendererThatKeepsTheField_GrowsItThere()
    {
        VoxelField field = FieldInitialization.Create(Options);
        List<LaggingRenderer> made = [];
        using VoxelRenderer voxels = new(1);
        SjcOptimization run = new(Options, field, new AdamaxState(field), 0, (ours, state, views) =>
        {
            made.Add(new LaggingRenderer(voxels, ours, state, views));
            return made[^1];
        });
        using SjcOptimization plain = new(Options);

        TestRun.RunTo(run, Options.Iterations);
        TestRun.RunTo(plain, Options.Iterations);

        Assert.Equal(0, made[0].ReadBacks);
        Assert.Equal(plain.FieldSha256(), run.FieldSha256());
        Assert.False(Assert.Single(made).IsDisposed);
        run.Dispose();
        Assert.True(made[0].IsDisposed);
    }

    [Fact]
    public void Load_FieldOfAnotherSize_Throws()
    {
        using SjcOptimization run = new(Options, FieldInitialization.Create(Options with { GridSize = 8 }));

        InvalidDataException thrown = Assert.Throws<InvalidDataException>(() => SjcOptimization.Load(Options, SjcOptimizationTests.Saved(run)));

        Assert.Contains("must have a grid of 10³ voxels, but has 8×8×8", thrown.Message, StringComparison.Ordinal);
    }

    private static (float[] Moments, float[] Norms) Memory(SjcOptimization run)
    {
        (_, AdamaxState state, _) = Sjc.RadianceField.Checkpoints.OptimizationFile.Read(SjcOptimizationTests.Saved(run), run.Options.Fingerprint());
        return (state.FirstMoment.ToArray(), state.InfinityNorm.ToArray());
    }
}

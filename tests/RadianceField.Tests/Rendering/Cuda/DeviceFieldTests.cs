using System.Numerics;
using System.Text.Json;
using Sjc.Golden;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering.Cuda;
using Sjc.RadianceField.Tests.Fields;

namespace Sjc.RadianceField.Tests.Rendering.Cuda;

[Trait("Category", "Golden")]
public sealed class DeviceFieldTests
{
    public static TheoryData<string> MaskCases => [.. GoldenFolder.Find("sjc", "alpha_mask*.safetensors")];

    public static TheoryData<string> ResampleCases => [.. GoldenFolder.Find("sjc", "resample*.safetensors")];

    public static TheoryData<string> SamplingCases => [.. GoldenFolder.Find("sjc", "voxel_sampling*.safetensors")];

    [Theory]
    [MemberData(nameof(MaskCases))]
    public void ComputeMask_GoldenFields_MatchesReference(string name)
    {
        GoldenCase golden = GoldenCase.Open("sjc", name, Assert.Skip);
        foreach (string group in golden.Groups("c"))
        {
            VoxelField field = AlphaMaskGoldenTests.FieldOf(golden, group);
            using DeviceField device = new(new ShimDevice(), field);
            float[] alpha = new float[field.Grid.VoxelCount];
            byte[] mask = new byte[alpha.Length];
            device.ComputeMask((float)AlphaMask.DefaultThreshold, alpha, mask);

            GoldenTolerance.AssertWithinFile(golden, $"{group}.out.alpha", alpha);
            Assert.Equal(golden.Integers($"{group}.out.mask"), mask.Select(value => (long)value));
        }
    }

    [Theory]
    [MemberData(nameof(ResampleCases))]
    public void Grow_GoldenFields_MatchesReference(string name)
    {
        GoldenCase golden = GoldenCase.Open("sjc", name, Assert.Skip);
        foreach (string group in golden.Groups("c"))
        {
            JsonElement config = golden.Config($"{group}.cfg");
            VoxelField field = ResamplingGoldenTests.FieldOf(golden, group, config);
            GridSize grid = ResamplingGoldenTests.SizeOf(config, "target_xyz");
            using DeviceField device = new(new ShimDevice(), field);
            VoxelField read = FieldResampling.Empty(field, grid);
            device.Grow(read);
            device.Read(read, null);
            float[] density = new float[grid.VoxelCount];
            float[] color = new float[grid.VoxelCount * field.Channels];
            read.Voxels.ExportDensity(density);
            read.Voxels.ExportFeatures(color);

            GoldenTolerance.AssertWithinFile(golden, $"{group}.out.density", density);
            GoldenTolerance.AssertWithinFile(golden, $"{group}.out.color", color);
        }
    }

    [Theory]
    [MemberData(nameof(SamplingCases))]
    public void Evaluate_GoldenPoints_MatchesReference(string name)
    {
        GoldenCase golden = GoldenCase.Open("sjc", name, Assert.Skip);
        foreach (string group in golden.Groups("c"))
        {
            VoxelField field = SampledField(golden, group);
            using DeviceField device = new(new ShimDevice(), field);
            float[] points = golden.Floats($"{group}.pts");
            float[] density = new float[points.Length / 3];
            float[] color = new float[density.Length * field.Channels];
            device.Evaluate(points, density, color);

            GoldenTolerance.AssertWithinFile(golden, $"{group}.out.sigma", density);
            GoldenTolerance.AssertWithinFile(golden, $"{group}.out.color", color);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    public void Read_OfWhatWasWritten_GivesTheSameField(int channels)
    {
        VoxelField field = new TestScene(new GridSize(3, 5, 4), channels, ColorMode.Raw, 1).Field;
        AdamaxState state = new(field) { Steps = 3 };
        int voxels = (int)field.Grid.VoxelCount;
        state.FirstMoment.ImportDensity(TestScene.Uniform(20, voxels, -1, 1));
        state.FirstMoment.ImportFeatures(TestScene.Uniform(23, voxels * channels, -1, 1));
        state.InfinityNorm.ImportDensity(TestScene.Uniform(21, voxels, 0, 1));
        state.InfinityNorm.ImportFeatures(TestScene.Uniform(24, voxels * channels, 0, 1));
        TestScene.Uniform(22, state.BackgroundMoment.Length, -1, 1).CopyTo(state.BackgroundMoment);
        (state.DensityScaleMoment[0], state.DensityScaleNorm[0]) = (0.3f, 0.4f);
        using DeviceField device = new(new ShimDevice(), field, state);

        VoxelField readField = new(field.Grid, field.Box, channels, field.ColorMode, field.DensityShift, Background.Texture(channels, field.Background.Height, field.Background.Width));
        AdamaxState readState = new(readField);
        device.Read(readField, readState);

        Assert.Equal(field.Voxels.ToArray(), readField.Voxels.ToArray());
        Assert.Equal(field.Background.Values, readField.Background.Values);
        Assert.Equal(field.DensityScale, readField.DensityScale);
        Assert.Equal(state.FirstMoment.ToArray(), readState.FirstMoment.ToArray());
        Assert.Equal(state.InfinityNorm.ToArray(), readState.InfinityNorm.ToArray());
        Assert.Equal(state.BackgroundMoment, readState.BackgroundMoment);
        Assert.Equal((0.3f, 0.4f), (readState.DensityScaleMoment[0], readState.DensityScaleNorm[0]));
    }

    [Fact]
    public void Read_IntoAnotherGrid_IsRefused()
    {
        VoxelField field = new TestScene(new GridSize(3, 5, 4), 3, ColorMode.Raw, 1).Field;
        using DeviceField device = new(new ShimDevice(), field);
        device.Grow(FieldResampling.Empty(field, new GridSize(6, 7, 8)));
        Assert.Throws<ArgumentException>(() => device.Read(field, null));
        Assert.Equal(new TestScene(field.Grid, 3, ColorMode.Raw, 1).Field.Voxels.ToArray(), field.Voxels.ToArray());
    }

    private static VoxelField SampledField(GoldenCase golden, string group)
    {
        JsonElement config = golden.Config($"{group}.cfg");
        int[] shape = golden.Shape($"{group}.color");
        JsonElement box = config.GetProperty("aabb");
        ColorMode mode = config.GetProperty("kind").GetString() switch
        {
            "V_SD" => ColorMode.Raw,
            "V_SJC" => ColorMode.SigmoidCentered,
            _ => ColorMode.Sigmoid,
        };
        VoxelField field = new(
            new GridSize(shape[4], shape[3], shape[2]), new AxisAlignedBox(Corner(box[0]), Corner(box[1])), shape[1], mode,
            (float)config.Double("density_shift"), Background.Fixed(new float[shape[1]]))
        {
            DensityScale = golden.Floats($"{group}.d_scale")[0],
        };
        field.Voxels.ImportDensity(golden.Floats($"{group}.density"));
        field.Voxels.ImportFeatures(golden.Floats($"{group}.color"));
        return field;
    }

    private static Vector3 Corner(JsonElement values) => new(values[0].GetSingle(), values[1].GetSingle(), values[2].GetSingle());
}

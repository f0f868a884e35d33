using System.Numerics;
using System.Text.Json;
using Sjc.Golden;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Tests.Fields;

[Trait("Category", "Golden")]
public sealed class ResamplingGoldenTests
{
    public static TheoryData<string> Cases => [.. GoldenFolder.Find("sjc", "resample*.safetensors")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Resample_GoldenGrids_MatchesReference(string name)
    {
        GoldenCase golden = GoldenCase.Open("sjc", name, Assert.Skip);
        foreach (string group in golden.Groups("c"))
        {
            foreach (string tensor in new[] { "density", "color" })
            {
                int[] from = golden.Shape($"{group}.{tensor}");
                int[] to = golden.Shape($"{group}.out.{tensor}");
                float[] actual = TrilinearResampling.Resample(golden.Floats($"{group}.{tensor}"), from[1], (from[2], from[3], from[4]), (to[2], to[3], to[4]));
                GoldenTolerance.AssertWithinFile(golden, $"{group}.out.{tensor}", actual);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Resample_GoldenFields_StepsFollowTheGrid(string name)
    {
        GoldenCase golden = GoldenCase.Open("sjc", name, Assert.Skip);
        foreach (string group in golden.Groups("c"))
        {
            JsonElement config = golden.Config($"{group}.cfg");
            VoxelField before = FieldOf(golden, group, config);
            VoxelField after = FieldResampling.Resample(before, SizeOf(config, "target_xyz"));
            float[] density = new float[after.Grid.VoxelCount];
            after.Voxels.ExportDensity(density);

            GoldenTolerance.AssertWithinFile(golden, $"{group}.out.density", density);
            float[] steps = [.. new[] { before, after }.Select(field => field.MeanVoxelLength * (float)config.Double("step_ratio"))];
            GoldenTolerance.AssertRelative(golden.Doubles($"{group}.out.step_size"), [.. steps.Select(step => (double)step)], 2e-6, "step_size");
            Assert.Equal(golden.Integers($"{group}.out.num_samples"), steps.Select(step => (long)SamplesAlong(before.Box.Size.Length(), step)));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void GrownSize_GoldenSizes_MatchesReference(string name)
    {
        GoldenCase golden = GoldenCase.Open("sjc", name, Assert.Skip);
        foreach (JsonProperty growth in golden.Config("growth").EnumerateObject())
        {
            Assert.Equal(growth.Value.GetInt32(), TrilinearResampling.GrownSize(int.Parse(growth.Name)));
        }
    }

    private static int SamplesAlong(float length, float step) =>
        RayPackets.LongestSampleCount(new RayBatch(new float[3], [1, 0, 0], [0], [length]), step);

    internal static VoxelField FieldOf(GoldenCase golden, string group, JsonElement config)
    {
        JsonElement box = config.GetProperty("aabb");
        int channels = golden.Shape($"{group}.color")[1];
        VoxelField field = new(
            SizeOf(config, "grid_xyz"), new AxisAlignedBox(Corner(box[0]), Corner(box[1])), channels, ColorMode.Raw, 0, Background.Texture(channels, 2, 2));
        field.Voxels.ImportDensity(golden.Floats($"{group}.density"));
        field.Voxels.ImportFeatures(golden.Floats($"{group}.color"));
        return field;
    }

    internal static GridSize SizeOf(JsonElement config, string name)
    {
        JsonElement size = config.GetProperty(name);
        return new(size[0].GetInt32(), size[1].GetInt32(), size[2].GetInt32());
    }

    private static Vector3 Corner(JsonElement values) => new(values[0].GetSingle(), values[1].GetSingle(), values[2].GetSingle());
}

using System.Numerics;
using System.Text.Json;
using Sjc.Golden;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Tests.Fields;

[Trait("Category", "Golden")]
public sealed class AlphaMaskGoldenTests
{
    public static TheoryData<string> Cases => [.. GoldenFolder.Find("sjc", "alpha_mask*.safetensors")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void ComputeAlpha_GoldenFields_MatchesReference(string name)
    {
        GoldenCase golden = GoldenCase.Open("sjc", name, Assert.Skip);
        foreach (string group in golden.Groups("c"))
        {
            GoldenTolerance.AssertWithinFile(golden, $"{group}.out.alpha", AlphaMask.ComputeAlpha(FieldOf(golden, group)));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void FromField_GoldenFields_MatchesReference(string name)
    {
        GoldenCase golden = GoldenCase.Open("sjc", name, Assert.Skip);
        foreach (string group in golden.Groups("c"))
        {
            VoxelField field = FieldOf(golden, group);
            AlphaMask mask = AlphaMask.FromField(field);
            byte[] packed = [.. golden.Integers($"{group}.out.mask_packed").Select(value => (byte)value)];

            Assert.Equal(golden.Integers($"{group}.out.mask"), mask.Voxels.ToArray().Select(value => (long)value));
            Assert.Equal(packed, mask.Pack());
            Assert.Equal(mask.Voxels, AlphaMask.FromPacked(field.Grid, field.Box, packed).Voxels);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Sample_GoldenPoints_MatchesReference(string name)
    {
        GoldenCase golden = GoldenCase.Open("sjc", name, Assert.Skip);
        foreach (string group in golden.Groups("c"))
        {
            AlphaMask mask = AlphaMask.FromField(FieldOf(golden, group));
            float[] points = golden.Floats($"{group}.pts");
            float[] actual = new float[points.Length / 3];
            for (int i = 0; i < actual.Length; i++)
            {
                actual[i] = mask.Sample(new Vector3(points.AsSpan(3 * i, 3)));
            }

            GoldenTolerance.AssertWithinFile(golden, $"{group}.out.sampled", actual);
        }
    }

    internal static VoxelField FieldOf(GoldenCase golden, string group)
    {
        JsonElement config = golden.Config($"{group}.cfg");
        int[] shape = golden.Shape($"{group}.density");
        AxisAlignedBox box = new(Corner(config.GetProperty("aabb")[0]), Corner(config.GetProperty("aabb")[1]));
        VoxelField field = new(new GridSize(shape[4], shape[3], shape[2]), box, 1, ColorMode.Raw, (float)config.Double("density_shift"), Background.Fixed([1]))
        {
            DensityScale = golden.Floats($"{group}.d_scale")[0],
        };
        field.Voxels.ImportDensity(golden.Floats($"{group}.density"));
        return field;
    }

    private static Vector3 Corner(JsonElement values) => new(values[0].GetSingle(), values[1].GetSingle(), values[2].GetSingle());
}

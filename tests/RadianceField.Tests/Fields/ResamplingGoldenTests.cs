using System.Text.Json;
using Sjc.Golden;
using Sjc.RadianceField.Fields;

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
    public void GrownSize_GoldenSizes_MatchesReference(string name)
    {
        GoldenCase golden = GoldenCase.Open("sjc", name, Assert.Skip);
        foreach (JsonProperty growth in golden.Config("growth").EnumerateObject())
        {
            Assert.Equal(growth.Value.GetInt32(), TrilinearResampling.GrownSize(int.Parse(growth.Name)));
        }
    }
}

using System.IO.Compression;
using System.Text.Json;
using Sjc.Diffusion.Checkpoints;
using Sjc.Golden;
using TorchSharp;

namespace Sjc.Diffusion.Tests.Checkpoints;

/// <summary>The names and shapes of public checkpoints, without their weights.</summary>
internal static class RealSizeList
{
    private const string Folder = "models/real-size";
    private const string Suffix = ".json.gz";

    /// <summary>Names of the lists that match a pattern such as <c>adm-*</c>; where there is none, <see cref="GoldenFolder.NoCase"/>.</summary>
    public static IEnumerable<string> Find(string pattern) => GoldenFolder.Find(Folder, pattern + Suffix).Select(file => file.Replace(Suffix, "", StringComparison.Ordinal));

    /// <summary>A list as a store.</summary>
    public static ShapeStore Open(string name) =>
        new(name, Read<Dictionary<string, long[]>>(name).ToDictionary(tensor => tensor.Key, tensor => new TensorInfo(torch.ScalarType.Float32, tensor.Value)));

    /// <summary>What a file holds; where it is not there, the test fails or is skipped as the folder of golden data demands.</summary>
    public static T Read<T>(string name)
    {
        if (Find(name).Single() == GoldenFolder.NoCase)
        {
            GoldenCase.Open(Folder, GoldenFolder.NoCase, Assert.Skip);
        }

        using FileStream file = File.OpenRead(Path.Combine(GoldenFolder.Root, Folder, name + Suffix));
        using GZipStream json = new(file, CompressionMode.Decompress);
        return JsonSerializer.Deserialize<T>(json)!;
    }

    /// <summary>The number of parameters that the checkpoint has by the golden data's own count.</summary>
    public static long ParameterCount(string name)
    {
        using JsonDocument summary = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(GoldenFolder.Root, Folder, "summary.json")));
        return summary.RootElement.GetProperty(name).GetProperty("parameters").GetInt64();
    }
}

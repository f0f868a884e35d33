using System.IO.Compression;
using System.Text.Json;
using Sjc.Diffusion.Checkpoints;
using Sjc.Golden;
using TorchSharp;

namespace Sjc.Diffusion.Tests.Checkpoints;

/// <summary>The names and shapes of a public checkpoint, without its weights.</summary>
internal static class RealSizeList
{
    private const string Folder = "models/real-size";
    private const string Suffix = ".json.gz";

    /// <summary>A list as a store.</summary>
    public static ShapeStore Open(string name)
    {
        using FileStream file = File.OpenRead(Path.Combine(GoldenFolder.Root, Folder, name + Suffix));
        using GZipStream json = new(file, CompressionMode.Decompress);
        return new ShapeStore(name, JsonSerializer.Deserialize<Dictionary<string, long[]>>(json)!.ToDictionary(tensor => tensor.Key, tensor => new TensorInfo(torch.ScalarType.Float32, tensor.Value)));
    }
}

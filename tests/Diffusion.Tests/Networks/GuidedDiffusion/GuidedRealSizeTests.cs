using System.IO.Compression;
using System.Text.Json;
using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.GuidedDiffusion;
using Sjc.Diffusion.Networks.Pixel;
using Sjc.Golden;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Networks.GuidedDiffusion;

/// <summary>Names and shapes of the published checkpoints, without their weights.</summary>
[Trait("Category", "Golden")]
public sealed class GuidedRealSizeTests
{
    private const string Folder = "models/real-size";

    public static TheoryData<string> Cases => [.. GoldenFolder.Find(Folder, "adm-*.json.gz")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Build_PublishedShapesAlone_LeavesNothingMissingOrOver(string file)
    {
        using JsonDocument shapes = JsonDocument.Parse(Unzipped(file));
        string name = file[..file.IndexOf('.')];
        using ShapeStore store = new(name, shapes.RootElement.EnumerateObject().ToDictionary(
            tensor => tensor.Name, tensor => new TensorInfo(ScalarType.Float32, [.. tensor.Value.EnumerateArray().Select(extent => extent.GetInt64())])));
        Assert.True(GuidedShapes.Fit(store));

        GuidedShapes told = new(store);
        ModelSettings settings = new(name, _ => null, null);
        WeightReader reader = new(store, ScalarType.Float32, device("meta"));
        long parameters;
        if (told.IsClassifier)
        {
            using GuidedClassifier classifier = new(reader, GuidedFlags.Classifier(told, settings, 0));
            parameters = classifier.ParameterCount;
        }
        else
        {
            (GuidedUnetOptions options, _) = GuidedFlags.Unet(told, settings, null);
            using GuidedUnet unet = new(reader, options);
            parameters = unet.ParameterCount;
        }

        reader.RequireNoFaults();
        Assert.Equal(ExpectedParameters(name), parameters);
    }

    [Theory]
    [InlineData("adm-lsun256", 256, "legacy", "linear")]
    [InlineData("adm-ffhq256-p2", 256, "legacy", "linear")]
    [InlineData("adm-imagenet256-cond", 256, "legacy", "linear")]
    [InlineData("adm-imagenet64-cond", 64, "new", "cosine")]
    public void Unet_PublishedShapes_TakesTheFlagsOfThePublishedCommands(string name, int imageSize, string order, string schedule)
    {
        string file = GoldenFolder.Find(Folder, $"{name}.json.gz").Single();
        using JsonDocument shapes = JsonDocument.Parse(Unzipped(file));
        using ShapeStore store = new(name, shapes.RootElement.EnumerateObject().ToDictionary(
            tensor => tensor.Name, tensor => new TensorInfo(ScalarType.Float32, [.. tensor.Value.EnumerateArray().Select(extent => extent.GetInt64())])));
        ModelSettings settings = new(name, _ => null, null);

        (GuidedUnetOptions options, string told) = GuidedFlags.Unet(new GuidedShapes(store), settings, null);

        Assert.Equal((imageSize, 64, schedule), (options.ImageSize, options.HeadWidth, told));
        Assert.StartsWith($"{order} (as the published", settings.Told["attention_order"], StringComparison.Ordinal);
    }

    private static long ExpectedParameters(string name)
    {
        using JsonDocument summary = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(GoldenFolder.Root, Folder, "summary.json")));
        return summary.RootElement.GetProperty(name).GetProperty("parameters").GetInt64();
    }

    private static byte[] Unzipped(string file)
    {
        if (file == GoldenFolder.NoCase)
        {
            GoldenCase.Open(Folder, file, Assert.Skip);
        }

        using GZipStream zip = new(File.OpenRead(Path.Combine(GoldenFolder.Root, Folder, file)), CompressionMode.Decompress);
        using MemoryStream json = new();
        zip.CopyTo(json);
        return json.ToArray();
    }
}

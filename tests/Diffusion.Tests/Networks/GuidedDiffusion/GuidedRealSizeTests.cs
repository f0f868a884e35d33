using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.GuidedDiffusion;
using Sjc.Diffusion.Networks.Pixel;
using Sjc.Diffusion.Tests.Checkpoints;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Networks.GuidedDiffusion;

/// <summary>Names and shapes of the published checkpoints, without their weights.</summary>
[Trait("Category", "Golden")]
public sealed class GuidedRealSizeTests
{
    public static TheoryData<string> Cases => [.. RealSizeList.Find("adm-*")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Build_PublishedShapesAlone_LeavesNothingMissingOrOver(string name)
    {
        using ShapeStore store = RealSizeList.Open(name);
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
        Assert.Equal(RealSizeList.ParameterCount(name), parameters);
    }

    [Theory]
    [InlineData("adm-lsun256", 256, "legacy", "linear")]
    [InlineData("adm-ffhq256-p2", 256, "legacy", "linear")]
    [InlineData("adm-imagenet256-cond", 256, "legacy", "linear")]
    [InlineData("adm-imagenet64-cond", 64, "new", "cosine")]
    public void Unet_PublishedShapes_TakesTheFlagsOfThePublishedCommands(string name, int imageSize, string order, string schedule)
    {
        using ShapeStore store = RealSizeList.Open(name);
        ModelSettings settings = new(name, _ => null, null);

        (GuidedUnetOptions options, string told) = GuidedFlags.Unet(new GuidedShapes(store), settings, null);

        Assert.Equal((imageSize, 64, schedule), (options.ImageSize, options.HeadWidth, told));
        Assert.StartsWith($"{order} (as the published", settings.Told["attention_order"], StringComparison.Ordinal);
    }
}

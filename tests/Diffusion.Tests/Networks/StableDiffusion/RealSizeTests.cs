using System.Text.Json;
using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.StableDiffusion;
using Sjc.Diffusion.Tests.Checkpoints;

namespace Sjc.Diffusion.Tests.Networks.StableDiffusion;

/// <summary>Names and shapes of the real checkpoints, without their weights.</summary>
[Trait("Category", "Golden")]
public sealed class RealSizeTests
{
    // README section 8.
    private const long FirstUNetParameters = 859_520_964;
    private const long FirstTextParameters = 123_060_480;
    private const long AutoencoderParameters = 83_653_863;
    private const long SecondUNetParameters = 865_910_724;
    private const long SecondTextParameters = 340_387_840;

    private static readonly UNetConfiguration SecondUNet = new() { ContextWidth = 1024, Heads = [5, 10, 20, 20] };
    private static readonly ClipConfiguration SecondText = new() { Width = 1024, InnerWidth = 4096, Layers = 23, Heads = 16, HasQuickGelu = false };

    [Fact]
    public void UNet_SecondFamilyDiffusers_MapsWithoutRest() =>
        Assert.Equal(SecondUNetParameters, Describe(RealSizeList.Open("sd21-unet-diffusers"), reader => new UNet(reader, SecondUNet)));

    [Fact]
    public void UNet_FirstFamilyDiffusers_MapsWithoutRest() =>
        Assert.Equal(FirstUNetParameters, Describe(RealSizeList.Open("sd15-unet-diffusers"), reader => new UNet(reader, new UNetConfiguration())));

    [Fact]
    public void Autoencoder_Diffusers_MapsWithoutRest() =>
        Assert.Equal(AutoencoderParameters, Describe(RealSizeList.Open("sd15-vae-diffusers"), reader => new Autoencoder(reader, new AutoencoderConfiguration())));

    [Fact]
    public void TextEncoders_Diffusers_MapWithoutRest()
    {
        Assert.Equal(FirstTextParameters, Describe(RealSizeList.Open("sd15-text-diffusers"), reader => new ClipTextEncoder(reader, new ClipConfiguration())));
        Assert.Equal(SecondTextParameters, Describe(RealSizeList.Open("sd21-text-diffusers"), reader => new ClipTextEncoder(reader, SecondText)));
    }

    [Fact]
    public void CompVis_FirstFamily_MapsWithoutRest()
    {
        using ShapeStore store = RealSizeList.Open("sd15-compvis");
        UNetConfiguration unet = CompVisShapes.UNet(store);
        (AutoencoderConfiguration vae, NetworkSource vaeSource) = CompVisLayout.ReadAutoencoder(store, null);
        ClipConfiguration text = CompVisShapes.Clip(store);

        long parameters = CompVisLayout.OfUNet(store, unet, usesAverages: false).Describe("unet", reader => new UNet(reader, unet)).ParameterCount
            + vaeSource.Describe("vae", reader => new Autoencoder(reader, vae)).ParameterCount
            + CompVisLayout.OfText(store, text).Describe("text", reader => new ClipTextEncoder(reader, text)).ParameterCount;

        Assert.Equal(store.Tensors.Values.Sum(info => info.ElementCount), parameters);
        Assert.Equal(FirstUNetParameters + AutoencoderParameters + FirstTextParameters, parameters);
    }

    [Fact]
    public void CompVis_SecondFamily_MapsWithoutRestButTheLastTextLayer()
    {
        using ShapeStore store = RealSizeList.Open("sd21-compvis");
        UNetConfiguration unet = CompVisShapes.UNet(store);
        (AutoencoderConfiguration vae, NetworkSource vaeSource) = CompVisLayout.ReadAutoencoder(store, null);
        ClipConfiguration text = CompVisShapes.OpenClip(store, isPenultimate: true);

        Assert.Equal(SecondUNet.Channels, unet.Channels);
        Assert.Equal(SecondUNetParameters, CompVisLayout.OfUNet(store, unet, usesAverages: false).Describe("unet", reader => new UNet(reader, unet)).ParameterCount);
        Assert.Equal(AutoencoderParameters, vaeSource.Describe("vae", reader => new Autoencoder(reader, vae)).ParameterCount);
        Assert.Equal(SecondTextParameters, CompVisLayout.OfText(store, text).Describe("text", reader => new ClipTextEncoder(reader, text)).ParameterCount);
    }

    [Fact]
    public void NameMaps_FirstFamily_AreThoseOfTheReference()
    {
        using JsonDocument maps = RealSizeList.Read<JsonDocument>("sd15-compvis-to-diffusers");
        NameMap unet = CompVisNames.OfUNet(new UNetConfiguration(), "");
        NameMap vae = CompVisNames.OfAutoencoder(new AutoencoderConfiguration(), "");

        RequireMap(maps.RootElement.GetProperty("unet"), (compVis, diffusers) => (compVis, unet.Translate(diffusers)));
        RequireMap(maps.RootElement.GetProperty("vae"), (compVis, diffusers) => (compVis, vae.Translate(diffusers)));
        RequireMap(maps.RootElement.GetProperty("vae_old_attention_names"), (name, old) => (old, CompVisNames.OfOldAutoencoder.Translate(name)));
    }

    [Fact]
    public void CompVis_MovingAverages_AreFoundWithoutDots()
    {
        Dictionary<string, TensorInfo> tensors = RealSizeList.Open("sd15-compvis").Tensors
            .Where(tensor => tensor.Key.StartsWith(CompVisNames.UNetRoot, StringComparison.Ordinal))
            .ToDictionary(tensor => "model_ema." + tensor.Key["model.".Length..].Replace(".", "", StringComparison.Ordinal), tensor => tensor.Value);
        UNetConfiguration unet = new();
        using ShapeStore store = new("averages", tensors);

        Assert.Equal(FirstUNetParameters, CompVisLayout.OfUNet(store, unet, usesAverages: true).Describe("unet", reader => new UNet(reader, unet)).ParameterCount);
    }

    private static void RequireMap(JsonElement map, Func<string, string, (string Expected, string Actual)> translate)
    {
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            (string expected, string actual) = translate(entry.Name, entry.Value.GetString()!);
            Assert.Equal(expected, actual);
        }

        Assert.NotEmpty(map.EnumerateObject());
    }

    private static long Describe<T>(ITensorStore store, Func<WeightReader, T> create)
        where T : IDisposable => new NetworkSource(store, null, _ => false).Describe("network", create).ParameterCount;
}

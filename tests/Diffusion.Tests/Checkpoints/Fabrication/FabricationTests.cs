using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Checkpoints.Fabrication;
using Sjc.Golden;
using Sjc.Numerics.Safetensors;
using TorchSharp;

namespace Sjc.Diffusion.Tests.Checkpoints.Fabrication;

public sealed class FabricationTests : IDisposable
{
    private static readonly KeyValuePair<string, IReadOnlyList<long>>[] Tensors =
    [
        KeyValuePair.Create<string, IReadOnlyList<long>>("a.weight", [40, 30, 3, 3]),
        KeyValuePair.Create<string, IReadOnlyList<long>>("norm.weight", [500]),
        KeyValuePair.Create<string, IReadOnlyList<long>>("norm.bias", [500]),
        KeyValuePair.Create<string, IReadOnlyList<long>>("long.weight", [20_000, 2]),
    ];

    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData(SafetensorsDataType.F16)]
    [InlineData(SafetensorsDataType.F32)]
    public void Write_SeveralTensors_HaveTheirShapesAndScales(SafetensorsDataType type)
    {
        long written = 0;
        string path = folder.File("x.safetensors");
        FabricatedWeights.Write(path, Tensors, type, seed: 3, bytes => written += bytes, TestContext.Current.CancellationToken);
        using SafetensorsStore store = SafetensorsStore.Open(path);
        Assert.Equal(Tensors.Select(tensor => tensor.Key).Order(), store.Tensors.Keys.Order());
        Assert.Equal(store.Tensors.Values.Sum(tensor => tensor.ElementCount) * SafetensorsHeader.ElementSize(type), written);

        // Of uniform numbers of variance 1/inputs, norms about 1, biases about 0; 10 800 values estimate a deviation within 2 %.
        Assert.Equal(1 / Math.Sqrt(270), Deviation(store.Doubles("a.weight"), 0), 0.002);
        Assert.Equal(0.1 / Math.Sqrt(3), Deviation(store.Doubles("norm.weight"), 1), 0.01);
        Assert.Equal(0.02 / Math.Sqrt(3), Deviation(store.Doubles("norm.bias"), 0), 0.002);
    }

    [Fact]
    public void Write_SameSeed_GivesTheSameBytesAndAnotherOthers()
    {
        byte[] Bytes(ulong seed)
        {
            FabricatedWeights.Write(folder.File("x.safetensors"), Tensors[..1], SafetensorsDataType.F32, seed, _ => { }, TestContext.Current.CancellationToken);
            return File.ReadAllBytes(folder.File("x.safetensors"))[^43_200..];
        }

        Assert.Equal(Bytes(5), Bytes(5));
        Assert.NotEqual(Bytes(5), Bytes(6));
    }

    [Fact]
    public void Write_Cancelled_LeavesNoFile()
    {
        using CancellationTokenSource cancelled = new();
        Assert.ThrowsAny<OperationCanceledException>(() => FabricatedWeights.Write(folder.File("x.safetensors"), Tensors, SafetensorsDataType.F32, 0, _ => cancelled.Cancel(), cancelled.Token));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Plan_FullSize_HasTheParametersOfStableDiffusion15()
    {
        CheckpointFabrication fabrication = CheckpointFabrication.Plan("sd15", torch.ScalarType.Float16);
        Assert.Equal(859_520_964 + 83_653_863 + 123_060_480, fabrication.ParameterCount);
        Assert.Equal(2 * fabrication.ParameterCount, fabrication.WeightByteCount);
        Assert.Throws<ArgumentException>(() => CheckpointFabrication.Plan("sd0", torch.ScalarType.Float16));
        Assert.Throws<ArgumentException>(() => CheckpointFabrication.Plan("sd15", torch.ScalarType.Float64));
    }

    [Fact]
    [Trait("Category", "Golden")]
    public void Parts_OfStableDiffusion15_HaveTheNamesAndShapesOfThePublicFiles()
    {
        Assert.SkipUnless(GoldenFolder.IsDefault, "The fabricated sizes are those of the default folder's lists.");
        foreach ((string list, FabricatedPart part) in StableDiffusion15.Parts().Zip(["sd15-unet-diffusers", "sd15-vae-diffusers", "sd15-text-diffusers"], (part, list) => (list, part)))
        {
            ShapeStore expected = RealSizeList.Open(list);
            Assert.Equal(expected.Tensors.Keys.Order(StringComparer.Ordinal), part.Tensors.Select(tensor => tensor.Key));
            Assert.All(part.Tensors, tensor => Assert.Equal(expected.Tensors[tensor.Key].ElementCount, tensor.Value.Aggregate(1L, (product, extent) => product * extent)));
        }
    }

    public void Dispose() => folder.Dispose();

    private static double Deviation(double[] values, double centre) => Math.Sqrt(values.Average(value => (value - centre) * (value - centre)));
}

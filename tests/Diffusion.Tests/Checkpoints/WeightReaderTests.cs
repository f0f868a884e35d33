using Sjc.Diffusion.Checkpoints;
using Sjc.Numerics.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Checkpoints;

public sealed class WeightReaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Take_TensorsInScopes_HaveTheirValuesTypeAndShape()
    {
        using SafetensorsStore store = Store();
        WeightReader reader = new(store, ScalarType.Float16, CPU);
        Tensor weight = reader.Scope("block").Scope("0").Take("weight", 2, 2, 1, 1);
        Tensor bias = reader.Scope("block.0").TakeAs(ScalarType.Float32, "bias", 2);
        reader.RequireNoFaults(name => name == "counter");
        using WeightSet weights = reader.Weights;
        Assert.Equal((ScalarType.Float16, ScalarType.Float32), (weight.dtype, bias.dtype));
        Assert.Equal([2, 2, 1, 1], weight.shape);
        Assert.Equal((6, 16), (weights.ElementCount, weights.ByteCount));
        Assert.Equal([2, 2, 1, 1], reader.Taken["block.0.weight"]);
        using Tensor wide = weight.to(ScalarType.Float32);
        Assert.Equal([1f, 2f, 3f, 4f], wide.data<float>().ToArray());
    }

    [Fact]
    public void RequireNoFaults_SeveralFaults_NamesEachWithWhatWasExpected()
    {
        using SafetensorsStore store = Store();
        WeightReader reader = new(store, ScalarType.Float32, CPU);
        reader.Take("block.0.weight", 3, 2);
        reader.Take("nothing", 4);
        reader.Take("counter", 1);
        string message = Assert.Throws<InvalidDataException>(() => reader.RequireNoFaults()).Message;
        Assert.Contains("block.0.weight has shape [2, 2]; expected [3, 2]", message, StringComparison.Ordinal);
        Assert.Contains("nothing is missing", message, StringComparison.Ordinal);
        Assert.Contains("counter is stored as Int64", message, StringComparison.Ordinal);
        Assert.Contains("block.0.bias is not a tensor of this model", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Take_AbsurdShapeThatTheFileDoesNotHave_TakesNoMemory()
    {
        using SafetensorsStore store = Store();
        WeightReader reader = new(store, ScalarType.Float32, CPU);
        Tensor standIn = reader.Take("block.0.weight", 1 << 19, 1 << 20);
        Assert.Equal([1 << 19, 1 << 20], standIn.shape);
        Assert.Throws<InvalidDataException>(() => reader.Take("nothing", int.MaxValue, int.MaxValue, int.MaxValue));
    }

    [Fact]
    public void Take_ManyMissingTensors_GivesUp()
    {
        using SafetensorsStore store = Store();
        WeightReader reader = new(store, ScalarType.Float32, CPU);
        Assert.Throws<InvalidDataException>(() =>
        {
            for (int i = 0; i < 100_000; i++)
            {
                reader.Take($"layer.{i}", 1);
            }
        });
    }

    [Fact]
    public void Take_MetaDevice_ChecksNamesAndShapesWithoutValues()
    {
        ShapeStore shapes = new("list", new Dictionary<string, TensorInfo> { ["a"] = new(ScalarType.Float32, [1000, 1000, 1000]) });
        WeightReader reader = new(shapes, ScalarType.Float32, META);
        using Tensor tensor = reader.Take("a", 1000, 1000, 1000);
        reader.RequireNoFaults();
        Assert.Equal(1_000_000_000, reader.Weights.ElementCount);
        Assert.Throws<InvalidOperationException>(() => new WeightReader(shapes, ScalarType.Float32, CPU).Take("a", 1000, 1000, 1000));
    }

    public void Dispose() => folder.Dispose();

    private SafetensorsStore Store() => SafetensorsStore.Open(folder.WriteTensors(
        "x.safetensors", new SafetensorsWriter().Add("block.0.weight", [1f, 2f, 3f, 4f], 2, 2).Add("block.0.bias", [5f, 6f], 2).Add("counter", [7L], 1)));
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sjc.Diffusion.Checkpoints;
using Sjc.Numerics.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Checkpoints;

public sealed class SafetensorsStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public SafetensorsStoreTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Weights are always copied on Windows.");

    [Theory]
    [InlineData(ScalarType.Float32, true)]
    [InlineData(ScalarType.Float16, false)]
    public void TryMap_DataType_OnlyTheStoredOneStaysInPlace(ScalarType dataType, bool expected)
    {
        using SafetensorsStore store = SafetensorsStore.Open(Write(1f, 2f));
        using Tensor? tensor = store.TryMap("a", dataType, CPU);
        Assert.Equal(expected, tensor is not null);
    }

    [Fact]
    public void TryMap_CopyWanted_IsNull()
    {
        using SafetensorsStore store = SafetensorsStore.Open(Write(1f, 2f), inPlace: false);
        Assert.Null(store.TryMap("a", ScalarType.Float32, CPU));
    }

    [Fact]
    public void TryMap_OtherDevice_IsNull()
    {
        using SafetensorsStore store = SafetensorsStore.Open(Write(1f, 2f));
        Assert.Null(store.TryMap("a", ScalarType.Float32, META));
    }

    [Fact]
    public void TryMap_NoElements_IsNull()
    {
        using SafetensorsStore store = SafetensorsStore.Open(Write());
        Assert.Null(store.TryMap("a", ScalarType.Float32, CPU));
    }

    [Fact]
    public void TryMap_ElementsAcrossTheirSize_IsNull()
    {
        SafetensorsWriter writer = new SafetensorsWriter().Add("odd", SafetensorsDataType.U8, [1], 1).Add("a", [1f, 2f], 2);
        using SafetensorsStore store = SafetensorsStore.Open(folder.WriteTensors("x.safetensors", writer));
        Assert.Null(store.TryMap("a", ScalarType.Float32, CPU));
        Assert.Equal([1.0, 2.0], store.Doubles("a"));
    }

    [Fact]
    public void TryMap_StoreDisposedAndFileReplaced_TensorKeepsItsValues()
    {
        string path = Write(1f, 2f, 3f);
        Tensor tensor;
        using (SafetensorsStore store = SafetensorsStore.Open(path))
        {
            tensor = store.TryMap("a", ScalarType.Float32, CPU)!;
        }

        using (tensor)
        {
            Write(4f, 5f, 6f);
            Assert.Equal([1f, 2f, 3f], tensor.data<float>().ToArray());
        }
    }

    [Fact]
    public void TryMap_TensorIsWrittenTo_FileStaysAsItWas()
    {
        string path = Write(1f, 2f, 3f);
        byte[] before = File.ReadAllBytes(path);
        using SafetensorsStore store = SafetensorsStore.Open(path);
        using Tensor tensor = store.TryMap("a", ScalarType.Float32, CPU)!;
        tensor.zero_();
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(270_000)]
    [InlineData(600_000)]
    public void TryMap_ValueThatIsNotFinite_IsRefusedByName(int position)
    {
        float[] values = new float[600_001]; // beyond what one thread looks at
        values[position] = float.NaN;
        using SafetensorsStore store = SafetensorsStore.Open(Write(values));
        InvalidDataException exception = Assert.Throws<InvalidDataException>(() => store.TryMap("a", ScalarType.Float32, CPU));
        Assert.Equal("a of x.safetensors must have finite elements, but one is infinite or no number.", exception.Message);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("mapped", true)]
    [InlineData("copied", false)]
    public void TryMap_FlagOfTheModel_Decides(string? memory, bool expected)
    {
        Dictionary<string, string> flags = memory is null ? [] : new() { ["memory"] = memory };
        using CheckpointProbe probe = CheckpointProbe.Open(new ModelLoadOptions { Path = Write(1f), Flags = flags });
        using Tensor? tensor = probe.Weights!.TryMap("a", ScalarType.Float32, CPU);
        Assert.Equal(expected, tensor is not null);
    }

    [Fact]
    public void Take_StoredType_LiesInTheFile()
    {
        using SafetensorsStore store = SafetensorsStore.Open(Write(1f, 2f));
        WeightReader reader = new(store, ScalarType.Float32, CPU);
        using WeightSet weights = reader.Weights;
        Tensor taken = reader.Take("a", 2, 1);
        using Tensor mapped = store.TryMap("a", ScalarType.Float32, CPU)!;
        Assert.True(Unsafe.AreSame(ref MemoryMarshal.GetReference(mapped.bytes), ref MemoryMarshal.GetReference(taken.bytes)));
        Assert.Equal([2, 1], taken.shape);
    }

    public void Dispose() => folder.Dispose();

    private string Write(params float[] values) => folder.WriteTensors("x.safetensors", new SafetensorsWriter().Add("a", values, values.Length));
}

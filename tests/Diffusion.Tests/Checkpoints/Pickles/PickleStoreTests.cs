using System.IO.Compression;
using System.Runtime.InteropServices;
using Sjc.Diffusion.Checkpoints.Pickles;

namespace Sjc.Diffusion.Tests.Checkpoints.Pickles;

public sealed class PickleStoreTests : IDisposable
{
    private static readonly float[] Twelve = [.. Enumerable.Range(0, 12).Select(i => (float)i)];

    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData(new long[] { 3, 4 }, new long[] { 4, 1 }, 0, new double[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 })]
    [InlineData(new long[] { 4, 3 }, new long[] { 1, 4 }, 0, new double[] { 0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11 })]
    [InlineData(new long[] { 2, 2 }, new long[] { 5, 2 }, 3, new double[] { 3, 5, 8, 10 })]
    [InlineData(new long[] { 2, 3 }, new long[] { 0, 1 }, 9, new double[] { 9, 10, 11, 9, 10, 11 })]
    [InlineData(new long[] { 1, 3 }, new long[] { 99, 1 }, 2, new double[] { 2, 3, 4 })] // the stride of an extent of 1 says nothing
    public void CopyTo_AnyView_GivesItsElementsInBothForms(long[] shape, long[] strides, long offset, double[] expected)
    {
        PickleWriter pickle = new PickleWriter().Raw("}").Text("x").Tensor("7", "FloatStorage", 12, offset, shape, strides).Raw("s");
        foreach (byte[] file in (byte[][])[pickle.ToZip(Storage("7"), folder: "some/model/"), pickle.ToZip(Storage("7"), compression: CompressionLevel.Optimal), pickle.ToLegacy(("7", 12, Bytes(Twelve)))])
        {
            using PickleFile opened = Open(file);
            using PickleStore store = new(opened, ((PickleDictionary)opened.Root!).Entries);
            Assert.Equal(expected, store.Doubles("x"));
        }
    }

    [Theory]
    [InlineData(12, 0, new long[] { 13 }, new long[] { 1 })]
    [InlineData(12, 12, new long[] { 1 }, new long[] { 1 })]
    [InlineData(12, -1, new long[] { 1 }, new long[] { 1 })]
    [InlineData(12, 0, new long[] { -1 }, new long[] { 1 })]
    [InlineData(12, 0, new long[] { 2 }, new long[] { -1 })]
    [InlineData(12, 0, new long[] { 2, 2 }, new long[] { long.MaxValue, long.MaxValue })]
    [InlineData(12, 0, new long[] { long.MaxValue, long.MaxValue, long.MaxValue }, new long[] { 0, 0, 0 })]
    [InlineData(12, 0, new long[] { 1 << 25 }, new long[] { 0 })]
    [InlineData(13, 0, new long[] { 1 }, new long[] { 1 })] // more declared than there is
    [InlineData(-1, 0, new long[] { 1 }, new long[] { 1 })]
    [InlineData(long.MaxValue, 0, new long[] { 1 }, new long[] { 1 })]
    public void Open_ViewThatItsStorageDoesNotHold_IsRefused(long count, long offset, long[] shape, long[] strides)
    {
        PickleWriter pickle = new PickleWriter().Raw("}").Text("x").Tensor("0", "FloatStorage", count, offset, shape, strides).Raw("s");
        Assert.Throws<InvalidDataException>(() => OpenStore(pickle.ToZip(Storage("0"))));
        Assert.Throws<InvalidDataException>(() => OpenStore(pickle.ToLegacy(("0", count, Bytes(Twelve)))));
    }

    [Fact]
    public void CopyTo_PartOfAStorageInOldFiles_GivesItsElements()
    {
        string view = System.Text.Encoding.Latin1.GetString(new PickleWriter().Raw("(").Text("view").Integer(4).Integer(3).Raw("t").Bytes[2..^1]);
        using PickleFile file = Open(new PickleWriter().Raw("}").Text("x").Tensor("0", "FloatStorage", 12, 1, [2], [1], view).Raw("s").ToLegacy(("0", 12, Bytes(Twelve))));
        using PickleStore store = new(file, ((PickleDictionary)file.Root!).Entries);
        Assert.Equal([5.0, 6.0], store.Doubles("x"));
    }

    [Fact]
    public void Constructor_PlaceholderAmongWeights_IsRefusedByName()
    {
        PickleWriter pickle = new PickleWriter().Raw("}(").Text("x").Tensor("0", "FloatStorage", 12, 0, [12], [1]).Text("y").Global("some.module", "Thing").Raw(")Ru");
        Assert.Contains("some.module.Thing", Assert.Throws<InvalidDataException>(() => OpenStore(pickle.ToZip(Storage("0")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_PlainValuesAmongWeights_ArePassedOver()
    {
        PickleWriter pickle = new PickleWriter().Raw("}(").Text("x").Tensor("0", "FloatStorage", 12, 0, [12], [1]).Text("n").Integer(3).Text("none").Raw("Nu");
        using PickleFile file = Open(pickle.ToZip(Storage("0")));
        using PickleStore store = new(file, ((PickleDictionary)file.Root!).Entries);
        Assert.Equal(["x"], store.Tensors.Keys);
    }

    [Fact]
    public void Open_StorageDeclaredTwoWays_IsRefused()
    {
        PickleWriter pickle = new PickleWriter().Raw("}(").Text("x").Tensor("0", "FloatStorage", 12, 0, [12], [1]).Text("y").Tensor("0", "HalfStorage", 24, 0, [24], [1]).Raw("u");
        Assert.Contains("storage 0", Assert.Throws<InvalidDataException>(() => Open(pickle.ToZip(Storage("0")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_LegacyStorageOfAnotherCount_IsRefused()
    {
        PickleWriter pickle = new PickleWriter().Raw("}").Text("x").Tensor("0", "FloatStorage", 12, 0, [12], [1]).Raw("s");
        Assert.Throws<InvalidDataException>(() => Open(pickle.ToLegacy(("0", 11, Bytes(Twelve)))));
        Assert.Throws<InvalidDataException>(() => Open(pickle.ToLegacy(("0", 12, Bytes(Twelve[..11])))));
    }

    public void Dispose() => folder.Dispose();

    private void OpenStore(byte[] bytes)
    {
        using PickleFile file = Open(bytes);
        using PickleStore store = new(file, ((PickleDictionary)file.Root!).Entries);
    }

    private PickleFile Open(byte[] bytes)
    {
        File.WriteAllBytes(folder.File("x.ckpt"), bytes);
        return PickleFile.Open(folder.File("x.ckpt"));
    }

    private static Dictionary<string, byte[]> Storage(string key) => new() { [key] = Bytes(Twelve) };

    private static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes<float>(values).ToArray();
}

using Sjc.RadianceField.Rendering.Cuda.Driver;

namespace Sjc.RadianceField.Tests.Rendering.Cuda.Driver;

public sealed class KernelCacheTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sjc-cache-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Key_OfAnyOtherInput_IsAnother()
    {
        string[] keys =
        [
            KernelCache.Key("source", ["a", "b"], "12.8", 12080, 90),
            KernelCache.Key("source2", ["a", "b"], "12.8", 12080, 90),
            KernelCache.Key("source", ["a", "c"], "12.8", 12080, 90),
            KernelCache.Key("source", ["ab"], "12.8", 12080, 90),
            KernelCache.Key("source", ["a", "b"], "12.9", 12080, 90),
            KernelCache.Key("source", ["a", "b"], "12.8", 12090, 90),
            KernelCache.Key("source", ["a", "b"], "12.8", 12080, 89),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(keys[0], KernelCache.Key("source", ["a", "b"], "12.8", 12080, 90));
        Assert.Matches("^sm90-[0-9a-f]{32}$", keys[0]);
    }

    [Fact]
    public void Read_OfWhatWasWritten_IsTheSame()
    {
        KernelCache cache = new(Path.Combine(folder, "deep", "kernels"));
        Assert.Null(cache.Read("key"));
        Assert.True(cache.TryWrite("key", [1, 2, 3]));
        Assert.Equal([1, 2, 3], cache.Read("key"));
        Assert.Equal([cache.PathOf("key")], Directory.GetFiles(cache.Folder));
        cache.Delete("key");
        Assert.Null(cache.Read("key"));
    }

    [Fact]
    public void TryWrite_WhereItCannotBe_LeavesNothingBehind()
    {
        KernelCache cache = new(folder);
        Directory.CreateDirectory(cache.PathOf("key"));
        Assert.False(cache.TryWrite("key", [1, 2, 3]));
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(34)]
    public void Read_OfAFileThatIsCutOff_IsNothing(int bytes)
    {
        KernelCache cache = new(folder);
        cache.TryWrite("key", [1, 2, 3]);
        File.WriteAllBytes(cache.PathOf("key"), File.ReadAllBytes(cache.PathOf("key"))[..bytes]);
        Assert.Null(cache.Read("key"));
    }
}

using Sjc.Diffusion.Exact;
using TorchSharp;

namespace Sjc.Diffusion.Tests.Exact;

public sealed class PictureSetCacheTests
{
    [Fact]
    public void Get_MoreThanCapacity_DropsTheLeastRecentlyUsed()
    {
        CountingSource source = new();
        using PictureSetCache cache = new(source, torch.CPU, 2 * CountingSource.SetBytes);
        cache.Get("a");
        cache.Get("b");
        cache.Get("a");
        cache.Get("c"); // b goes
        cache.Get("a");
        Assert.Equal(["a", "b", "c"], source.Loaded);
        cache.Get("b"); // c goes
        Assert.Equal(["a", "b", "c", "b"], source.Loaded);
        Assert.Equal((2, 2L * CountingSource.SetBytes), (cache.Count, cache.ByteCount));
    }

    [Fact]
    public void Get_SetLargerThanCapacity_IsKeptWhileInUse()
    {
        CountingSource source = new();
        using PictureSetCache cache = new(source, torch.CPU, 1);
        cache.Get("a");
        Assert.Equal(1, cache.Count);
        cache.Get("b");
        Assert.Equal((1, (long)CountingSource.SetBytes), (cache.Count, cache.ByteCount));
    }

    private sealed class CountingSource : IPictureSource
    {
        public const int SetBytes = 2 * 3 * sizeof(double);

        public List<string> Loaded { get; } = [];

        public DataShape DataShape { get; } = new(3, 1, 1);

        public IReadOnlyList<string> Vocabulary => [];

        public IReadOnlyList<string> ExampleCaptions => [];

        public string? Select(IReadOnlyList<string> words) => string.Join(' ', words);

        public float[] Load(string key)
        {
            Loaded.Add(key);
            return new float[6];
        }
    }
}

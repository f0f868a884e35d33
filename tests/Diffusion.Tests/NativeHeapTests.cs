using System.Globalization;
using Sjc.Diffusion.Networks;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests;

public sealed class NativeHeapTests
{
    private const int Rows = 16;
    private const int Passes = 10;

    [Fact]
    public void KeepFreedMemory_RepeatedPasses_FaultNoPagesIn()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/proc/thread-self/stat"), "The faults of a thread are Linux's here.");
        using ShapesDenoiser denoiser = ShapeModels.Network("", "cpu");
        double faults = 0;
        Exception? failure = null;

        // As on a scorer's device thread, whose heap is not the main one.
        Thread thread = new(() => failure = Record.Exception(() =>
        {
            Run(denoiser, Passes);
            long before = Faults();
            Run(denoiser, Passes);
            faults = (double)(Faults() - before) / Passes;
        }));
        thread.Start();
        thread.Join();

        // With glibc's own thresholds there are 19 000 in each pass, without them some hundred: the collector's, and of a heap that grows still.
        Assert.Null(failure);
        Assert.InRange(faults, 0, 2000);
    }

    [Theory]
    [InlineData("MALLOC_TRIM_THRESHOLD_", "131072", true)]
    [InlineData("GLIBC_TUNABLES", "glibc.rtld.nns=2:glibc.malloc.mmap_threshold=1000", true)]
    [InlineData("GLIBC_TUNABLES", "glibc.rtld.nns=2", false)]
    [InlineData("MALLOC_ARENA_MAX", "2", false)]
    public void IsConfigured_Variable_OnlyWhereItSetsWhatIsFreed(string name, string value, bool expected) =>
        Assert.Equal(expected, NativeHeap.IsConfigured(new Dictionary<string, string> { [name] = value }));

    private static void Run(ShapesDenoiser denoiser, int passes)
    {
        double[] sigmas = [.. Enumerable.Repeat(1.0, Rows)];
        Condition[] conditions = [.. Enumerable.Repeat(denoiser.Unconditional, Rows)];
        DataShape shape = denoiser.Description.DataShape;
        for (int i = 0; i < passes; i++)
        {
            using IDisposable scope = NewDisposeScope();
            denoiser.Denoise(zeros(Rows, shape.Channels, shape.Height, shape.Width), sigmas, conditions);
        }
    }

    /// <summary>Pages that the kernel had to find for this thread without reading a disk: the tenth field of its stat, of which the second, in brackets, may hold spaces.</summary>
    private static long Faults()
    {
        string stat = File.ReadAllText("/proc/thread-self/stat");
        return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[7], CultureInfo.InvariantCulture);
    }
}

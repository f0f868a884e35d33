using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;
using Sjc.TorchNativeMend;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.TorchNativeMend;

public sealed class ArgumentLifetimeMenderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sjc-mend-").FullName;

    /// <summary>An assembly of a package, as its compiler wrote it.</summary>
    private static byte[] Optimised => File.ReadAllBytes(typeof(Assert).Assembly.Location);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void TryMend_OptimisedAssembly_AsksForNoOptimisationAndChangesNothingElse()
    {
        byte[] image = Optimised;

        Assert.True(ArgumentLifetimeMender.TryMend(image));

        Assert.InRange(image.Zip(Optimised).Count(pair => pair.First != pair.Second), 1, 4);
        AssemblyLoadContext context = new("mended", isCollectible: true);
        Assembly mended = context.LoadFromStream(new MemoryStream(image));
        Assert.True(mended.GetCustomAttribute<DebuggableAttribute>()!.IsJITOptimizerDisabled);
        context.Unload();
        Assert.False(ArgumentLifetimeMender.TryMend(image));
    }

    [Fact]
    public void TryMend_NoAssembly_SaysSo()
    {
        byte[] assembly = Optimised;
        foreach (byte[] image in (byte[][])[[], [.. "MZ"u8], new byte[4096], assembly[..(assembly.Length / 4)]])
        {
            Assert.Throws<InvalidDataException>(() => ArgumentLifetimeMender.TryMend(image));
        }
    }

    [Fact]
    public void Mend_HardLink_LeavesTheOtherNameAndTheTimeAsTheyWere()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Makes hard links with ln.");
        string cached = Path.Combine(folder, "cached.dll");
        string output = Path.Combine(folder, "output.dll");
        File.WriteAllBytes(cached, Optimised);
        File.SetLastWriteTimeUtc(cached, new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        using (Process link = Process.Start("ln", [cached, output]))
        {
            link.WaitForExit();
        }

        Assert.Equal(MendOutcome.Mended, ArgumentLifetimeMender.Mend(output));

        Assert.Equal(Optimised, File.ReadAllBytes(cached));
        Assert.Equal(File.GetLastWriteTimeUtc(cached), File.GetLastWriteTimeUtc(output));
        Assert.Equal(MendOutcome.AlreadyMended, ArgumentLifetimeMender.Mend(output));
    }

    [Fact]
    public void RequireMended_OptimisedAssembly_IsRefused()
    {
        TorchRuntime.RequireMended(typeof(torch).Assembly);

        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => TorchRuntime.RequireMended(typeof(Assert).Assembly));
        Assert.StartsWith("TorchSharp must be the copy that the build mends", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Of the package's own TorchSharp about ten of a million such calls fail.</summary>
    [Fact]
    public void Scalars_CollectorBesideThem_LiveUntilTheyAreRead()
    {
        TorchRuntime.Initialize();
        using CancellationTokenSource done = new();
        Thread collector = new(() =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            using IDisposable scope = NewDisposeScope();
            Tensor one = ones(4);
            Tensor two = full([4], 2f);
            for (int i = 0; i < 150_000; i++)
            {
                using Tensor half = one * 0.5;
                using Tensor sum = half + two;
                Assert.Equal(2.5f, sum.data<float>()[0]);
            }
        }
        finally
        {
            done.Cancel();
            collector.Join();
        }
    }
}

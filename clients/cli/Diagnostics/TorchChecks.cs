using System.Runtime.InteropServices;
using Sjc.Diffusion;
using Sjc.TorchNativeMend;
using TorchSharp;

namespace Sjc.Cli.Diagnostics;

/// <summary>Whether libtorch loads here, and on what it can compute.</summary>
internal static class TorchChecks
{
    /// <summary>The state of TorchSharp's native library: see the README of TorchNativeMend.</summary>
    public static Finding Mend()
    {
        const string Subject = "native mend";
        const string Name = "libLibTorchSharp.so";
        string[] places = [Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", Name), Path.Combine(AppContext.BaseDirectory, Name)];
        if (!OperatingSystem.IsLinux() || Array.Find(places, File.Exists) is not { } library)
        {
            return new(Severity.Good, Subject, "not needed on this platform");
        }

        if (SystemLibstdcxx.ProvidesVersion(NativeLibraryMender.MissingVersion))
        {
            return new(Severity.Good, Subject, $"not needed: libstdc++ provides {NativeLibraryMender.MissingVersion}");
        }

        return NativeLibraryMender.TryMend(File.ReadAllBytes(library))
            ? new(Severity.Bad, Subject, $"{library} needs {NativeLibraryMender.MissingVersion}, which libstdc++ lacks, and was not mended: build again")
            : new(Severity.Good, Subject, $"done: libstdc++ lacks {NativeLibraryMender.MissingVersion}, the built copy does without");
    }

    /// <summary>Loads libtorch and computes something.</summary>
    public static Finding Libtorch()
    {
        try
        {
            TorchRuntime.Initialize();
            using torch.Tensor sum = torch.ones(2, 2).sum();
            return new(Severity.Good, "libtorch", $"loads, version {torch.__version__}, {torch.get_num_threads()} threads");
        }
        catch (Exception exception) when (exception is InvalidOperationException or NotSupportedException or DllNotFoundException or TypeInitializationException or ExternalException)
        {
            return new(Severity.Bad, "libtorch", $"does not load: {(exception is InvalidOperationException ? exception : exception.InnerException ?? exception).Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>The GPU for libtorch.</summary>
    public static IEnumerable<Finding> Gpu()
    {
        if (!NativeLibrary.TryLoad("libcuda.so.1", out _))
        {
            yield return new(Severity.Note, "GPU", "no NVIDIA driver: networks run on the processor");
            yield break;
        }

        yield return File.Exists("/proc/driver/nvidia/version")
            ? new(Severity.Good, "GPU driver", File.ReadLines("/proc/driver/nvidia/version").First().Trim())
            : new(Severity.Good, "GPU driver", "libcuda.so.1 loads");
        yield return torch.cuda.is_available()
            ? new(Severity.Good, "GPU, libtorch", $"{torch.cuda.device_count()} CUDA devices")
            : new(Severity.Note, "GPU, libtorch", "this libtorch has no CUDA: build with -p:TorchFlavor=cuda, or set SJC_LIBTORCH");
    }
}

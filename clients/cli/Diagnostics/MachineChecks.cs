using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Sjc.Cli.Options;
using Sjc.Cli.Reports;
using Sjc.ScoreServer;

namespace Sjc.Cli.Diagnostics;

/// <summary>What the doctor looks at, apart from libtorch (<see cref="TorchChecks"/>).</summary>
internal static class MachineChecks
{
    private const long GiB = 1L << 30;

    /// <summary>A run writes tens of megabytes; below this something will fail soon.</summary>
    private const long LowDiskBytes = GiB;

    /// <summary>Runs every check.</summary>
    public static IReadOnlyList<Finding> Run() =>
    [
        Runtime(), Processor(), Memory(), TorchChecks.Mend(), TorchChecks.Libtorch(), Models(), Video(), Disk(), .. Ports(), .. TorchChecks.Gpu(), .. RendererChecks.Run(),
    ];

    /// <summary>An executable on the PATH; null where there is none.</summary>
    public static string? FindExecutable(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? $"{name}.exe" : name))
            .FirstOrDefault(File.Exists);

    private static Finding Runtime() =>
        new(Severity.Good, ".NET", $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription} ({RuntimeInformation.RuntimeIdentifier})");

    private static Finding Processor()
    {
        string vectors = Vector512.IsHardwareAccelerated ? "512-bit vectors" : Vector256.IsHardwareAccelerated ? "256-bit vectors" : "no wide vectors";
        string text = $"{MachineDescription.Processor}, {Environment.ProcessorCount} cores, {vectors}{(Fma.IsSupported ? ", FMA" : string.Empty)}";
        return Vector256.IsHardwareAccelerated
            ? new(Severity.Good, "processor", text)
            : new(Severity.Note, "processor", $"{text}: the renderer works, slowly");
    }

    private static Finding Memory()
    {
        long bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new(bytes >= 2 * GiB ? Severity.Good : Severity.Note, "memory", $"{(double)bytes / GiB:F1} GiB");
    }

    private static Finding Models() =>
        new(Severity.Good, "models", $"without download: {string.Join(", ", ScoreServerApplication.ShippedModels.Select(model => model.Name))}");

    private static Finding Video() => FindExecutable("ffmpeg") is { } path
        ? new(Severity.Good, "ffmpeg", path)
        : new(Severity.Note, "ffmpeg", "not installed: turntables are written as animated WebP only, not as mp4");

    private static Finding Disk()
    {
        string folder = Directory.GetCurrentDirectory();
        long free = new DriveInfo(folder).AvailableFreeSpace;
        return new(free >= LowDiskBytes ? Severity.Good : Severity.Bad, "disk", $"{(double)free / GiB:F1} GiB free at {folder}");
    }

    private static IEnumerable<Finding> Ports()
    {
        HashSet<int> listening = [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(end => end.Port)];
        return new[] { ("score-server", ServiceAddress.DefaultScorerPort), ("field-optimizer", ServiceAddress.DefaultOptimizerPort) }.Select(service => listening.Contains(service.Item2)
            ? new Finding(Severity.Note, "port", $"{service.Item2} ({service.Item1}'s default) is taken: by a running one, or choose another with --listen")
            : new Finding(Severity.Good, "port", $"{service.Item2} ({service.Item1}'s default) is free"));
    }
}

using System.Diagnostics;
using System.Globalization;
using Sjc.Diffusion;
using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks;
using TorchSharp;

namespace Sjc.Benchmarks.Loading;

/// <summary>What it took to load one model in a process of its own.</summary>
/// <param name="Seconds">From the path to a model that is ready.</param>
/// <param name="WeightBytes">Of the weights in memory.</param>
/// <param name="StartBytes">Resident in the process before: .NET and libtorch.</param>
/// <param name="PeakBytes">Most that was resident at any time, pages of mapped files included.</param>
public sealed record LoadMeasurement(double Seconds, long WeightBytes, long StartBytes, long PeakBytes)
{
    /// <summary>Loads a model and measures; to be called in a new process.</summary>
    public static LoadMeasurement Take(string path, torch.ScalarType type)
    {
        TorchRuntime.Initialize();
        long start = Peak();
        Stopwatch watch = Stopwatch.StartNew();
        using IDenoiser model = ModelFamilies.Open(new ModelLoadOptions { Path = path, ComputeType = type });
        double seconds = watch.Elapsed.TotalSeconds;
        return new LoadMeasurement(seconds, model.Description.ParameterCount * (type == torch.ScalarType.Float32 ? 4 : 2), start, Peak());
    }

    /// <summary>VmHWM of proc(5), which counts every resident page, or what the system has instead.</summary>
    private static long Peak()
    {
        const string Status = "/proc/self/status";
        const string Key = "VmHWM:";
        if (File.Exists(Status) && File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal)) is { } line)
        {
            return 1024 * long.Parse(line[Key.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        }

        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}

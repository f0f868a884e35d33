using System.Diagnostics;
using Sjc.RadianceField.Rendering.Cuda.Driver;

namespace Sjc.GpuCheck;

/// <summary>Render + adjoint + Adamax per iteration, by the clock on the wall, transfers included.</summary>
internal static class Timings
{
    /// <summary>Times the two cases of the aims, in both modes of gradients.</summary>
    public static void Run(int device, bool isShort, CheckReport report)
    {
        double bandwidth = CopyBandwidth(device, isShort ? 1L << 20 : 1L << 28, report);
        (int Grid, int Image, int Count)[] cases = isShort ? [(16, 16, 3)] : [(100, 64, 200), (200, 256, 50)];
        foreach ((int grid, int image, int count) in cases)
        {
            foreach (bool deterministic in new[] { false, true })
            {
                Time(device, grid, image, count, deterministic, bandwidth, report);
            }
        }
    }

    private static void Time(int ordinal, int grid, int image, int count, bool deterministic, double bandwidth, CheckReport report)
    {
        using TimedScene scene = new(ordinal, grid, image, deterministic);
        for (int i = 0; i < Math.Min(count, 20); i++)
        {
            scene.Iterate(); // the first ones find memory and clocks cold
        }

        scene.Wait();
        Stopwatch clock = Stopwatch.StartNew();
        for (int i = 0; i < count; i++)
        {
            scene.Iterate();
        }

        scene.Wait();
        double seconds = clock.Elapsed.TotalSeconds / count;
        (double forward, double step) = Stages(scene, count);
        (int allocations, long managed) = scene.CountAllocations(count);
        scene.CountSamples();
        long bytes = LeastBytes(scene, deterministic);
        clock.Restart();
        scene.Grow(grid * 4 / 3);
        double growth = clock.Elapsed.TotalSeconds;
        string name = $"{grid}/{image}{(deterministic ? "/deterministic" : "")}";
        report.Add(name, "iteration", 1e3 * seconds, "ms");
        report.Add(name, "forward", 1e3 * forward, "ms");
        report.Add(name, "adjoint_and_step", 1e3 * step, "ms");
        report.Add(name, $"growth_to_{grid * 4 / 3}", 1e3 * growth, "ms");
        report.Add(name, "device_allocations", allocations, "in all iterations");
        report.Add(name, "managed_bytes", managed, "bytes in all iterations");
        report.Add(name, "active_samples", scene.Samples.Active, "samples");
        report.Add(name, "least_bytes", bytes, "bytes");
        report.Add(name, "fraction_of_copy_bandwidth", bytes / seconds / bandwidth, "");
        Console.WriteLine($"{name,-28} {1e3 * seconds:F3} ms an iteration (forward {1e3 * forward:F3}, adjoint and step {1e3 * step:F3}), {bytes / seconds / bandwidth:P0} of the copy bandwidth");
    }

    /// <summary>Each stage waited for, so that their sum is a little more than an iteration.</summary>
    private static (double Forward, double Step) Stages(TimedScene scene, int count)
    {
        long forward = 0;
        long step = 0;
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            scene.Forward();
            long middle = Stopwatch.GetTimestamp();
            scene.BackwardAndStep();
            scene.Wait();
            forward += middle - start;
            step += Stopwatch.GetTimestamp() - middle;
        }

        double unit = 1.0 / Stopwatch.Frequency / count;
        return (forward * unit, step * unit);
    }

    /// <summary>What one iteration must move at least, were every value of field and gradient fetched once: per parameter the step reads and writes
    /// gradient, value and two moments, and the passes over samples read the value and change the gradient; per sample the tape's values are
    /// written once and read by each pass that needs them. The scene's views touch about all voxels in turn; those at rest would not be written.</summary>
    private static long LeastBytes(TimedScene scene, bool deterministic)
    {
        const int Float = sizeof(float);
        const int Channels = 4;
        int gradient = deterministic ? sizeof(long) : Float;
        long perParameter = (2 * gradient) + (6 * Float) + Float + (2 * gradient);
        long perSample = (3 + 2 + 1 + 1 + 4 + 1) * Float; // density writes 3, attenuate 2, colours 1, composite 1, adjoint 4 + 1 of the tape …
        long scattered = 2 * Float;                       // … and scatter 2
        long perVisible = 3 * Channels * Float;           // colours: written, composited, differentiated
        return (scene.Parameters * perParameter) + (scene.Samples.Active * (perSample + scattered)) + (scene.Samples.Visible * perVisible);
    }

    /// <summary>Bytes read and written per second by a copy within the device.</summary>
    private static double CopyBandwidth(int ordinal, long bytes, CheckReport report)
    {
        using CudaDevice device = new(ordinal, KernelCache.Default);
        nint from = device.Allocate(bytes);
        nint to = device.Allocate(bytes);
        device.Copy(to, from, bytes);
        device.Wait();
        const int Repetitions = 20;
        Stopwatch clock = Stopwatch.StartNew();
        for (int i = 0; i < Repetitions; i++)
        {
            device.Copy(to, from, bytes);
        }

        device.Wait();
        double bandwidth = 2.0 * bytes * Repetitions / clock.Elapsed.TotalSeconds;
        report.Add("device", "copy_bandwidth", bandwidth / 1e9, "GB/s");
        return bandwidth;
    }
}

using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;

namespace Sjc.ScoreServer.Telemetry;

/// <summary>Memory in use on the devices: NVIDIA's management library tells of its GPUs, where there is one.</summary>
internal static partial class DeviceMemory
{
    private static readonly Lazy<uint> GpuCount = new(CountGpus);

    /// <summary>One measurement for "cpu", and one for each "cuda:N".</summary>
    public static IEnumerable<Measurement<long>> Used()
    {
        yield return new Measurement<long>(Environment.WorkingSet, Tag("cpu"));
        for (uint gpu = 0; gpu < GpuCount.Value; gpu++)
        {
            if (GetHandle(gpu, out nint handle) == 0 && GetMemory(handle, out MemoryInfo memory) == 0)
            {
                yield return new Measurement<long>((long)memory.Used, Tag($"cuda:{gpu}"));
            }
        }
    }

    private static KeyValuePair<string, object?> Tag(string device) => new("device", device);

    private static uint CountGpus()
    {
        try
        {
            return Initialize() == 0 && GetCount(out uint count) == 0 ? count : 0;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return 0;
        }
    }

    [LibraryImport("libnvidia-ml.so.1", EntryPoint = "nvmlInit_v2")]
    private static partial int Initialize();

    [LibraryImport("libnvidia-ml.so.1", EntryPoint = "nvmlDeviceGetCount_v2")]
    private static partial int GetCount(out uint count);

    [LibraryImport("libnvidia-ml.so.1", EntryPoint = "nvmlDeviceGetHandleByIndex_v2")]
    private static partial int GetHandle(uint index, out nint handle);

    [LibraryImport("libnvidia-ml.so.1", EntryPoint = "nvmlDeviceGetMemoryInfo")]
    private static partial int GetMemory(nint handle, out MemoryInfo memory);

    [StructLayout(LayoutKind.Sequential)]
    private struct MemoryInfo
    {
        public ulong Total;
        public ulong Free;
        public ulong Used;
    }
}

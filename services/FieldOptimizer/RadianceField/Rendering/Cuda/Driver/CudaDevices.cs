using System.Text;

namespace Sjc.RadianceField.Rendering.Cuda.Driver;

/// <summary>The GPUs that this process can compute on.</summary>
public static class CudaDevices
{
    /// <summary>Looks for the driver, for NVRTC and for devices; changes nothing, and never throws for what is missing.</summary>
    public static CudaProbe Probe()
    {
        LoadedLibrary driver = CudaLibraries.DriverLibrary;
        if (driver.Handle == 0)
        {
            return new() { Failure = driver.Failure };
        }

        try
        {
            return Probe(driver, CudaLibraries.CompilerLibrary);
        }
        catch (Exception exception) when (exception is CudaException or EntryPointNotFoundException)
        {
            return new() { DriverLibrary = driver.Path, Failure = exception.Message };
        }
    }

    internal static unsafe string NameOf(int device)
    {
        byte* name = stackalloc byte[256];
        CudaException.ThrowIfFailed(CudaDriver.cuDeviceGetName(name, 256, device), "cuDeviceGetName", $"asking for the name of device {device}");
        ReadOnlySpan<byte> text = new(name, 256);
        return Encoding.UTF8.GetString(text[..text.IndexOf((byte)0)]);
    }

    /// <summary>Such as 90 for compute capability 9.0.</summary>
    internal static int ArchitectureOf(int device)
    {
        string attempt = $"asking for the compute capability of device {device}";
        CudaException.ThrowIfFailed(CudaDriver.cuDeviceGetAttribute(out int major, CudaDriver.ComputeCapabilityMajor, device), "cuDeviceGetAttribute", attempt);
        CudaException.ThrowIfFailed(CudaDriver.cuDeviceGetAttribute(out int minor, CudaDriver.ComputeCapabilityMinor, device), "cuDeviceGetAttribute", attempt);
        return (10 * major) + minor;
    }

    private static CudaProbe Probe(LoadedLibrary driver, LoadedLibrary compiler)
    {
        CudaException.ThrowIfFailed(CudaDriver.cuInit(0), "cuInit", "starting the driver");
        CudaException.ThrowIfFailed(CudaDriver.cuDriverGetVersion(out int version), "cuDriverGetVersion", "asking for the driver's version");
        CudaException.ThrowIfFailed(CudaDriver.cuDeviceGetCount(out int count), "cuDeviceGetCount", "counting devices");
        List<CudaDeviceInfo> devices = [];
        for (int ordinal = 0; ordinal < count; ordinal++)
        {
            CudaException.ThrowIfFailed(CudaDriver.cuDeviceGet(out int device, ordinal), "cuDeviceGet", $"looking for device {ordinal}");
            CudaException.ThrowIfFailed(CudaDriver.cuDeviceTotalMem_v2(out nuint memory, device), "cuDeviceTotalMem", $"asking for the memory of device {ordinal}");
            devices.Add(new(ordinal, NameOf(device), ArchitectureOf(device), (long)memory));
        }

        string failure = count == 0 ? "the NVIDIA driver knows no device" : compiler.Handle == 0 ? compiler.Failure : "";
        return new()
        {
            DriverLibrary = driver.Path,
            DriverVersion = $"{version / 1000}.{version % 1000 / 10}",
            CompilerLibrary = compiler.Path,
            CompilerVersion = compiler.Handle == 0 ? "" : KernelCompiler.Version().ToString(),
            Devices = devices,
            Failure = failure,
        };
    }
}

using System.Runtime.InteropServices;

namespace Sjc.RadianceField.Rendering.Cuda.Driver;

/// <summary>The CUDA driver API, as far as it is used; names and arguments as in cuda.h. Every function returns 0 or an error's code.</summary>
internal static unsafe partial class CudaDriver
{
    /// <summary>CUdevice_attribute: the architecture's first number.</summary>
    public const int ComputeCapabilityMajor = 75;

    /// <summary>CUdevice_attribute: its second number.</summary>
    public const int ComputeCapabilityMinor = 76;

    /// <summary>CUstream_flags: no order with the null stream.</summary>
    public const uint StreamNonBlocking = 1;

    private const string Library = CudaLibraries.Driver;

    [LibraryImport(Library)]
    public static partial int cuInit(uint flags);

    [LibraryImport(Library)]
    public static partial int cuDriverGetVersion(out int version);

    [LibraryImport(Library)]
    public static partial int cuGetErrorName(int error, out nint text);

    [LibraryImport(Library)]
    public static partial int cuGetErrorString(int error, out nint text);

    [LibraryImport(Library)]
    public static partial int cuDeviceGetCount(out int count);

    [LibraryImport(Library)]
    public static partial int cuDeviceGet(out int device, int ordinal);

    [LibraryImport(Library)]
    public static partial int cuDeviceGetName(byte* name, int length, int device);

    [LibraryImport(Library)]
    public static partial int cuDeviceGetAttribute(out int value, int attribute, int device);

    [LibraryImport(Library)]
    public static partial int cuDeviceTotalMem_v2(out nuint bytes, int device);

    [LibraryImport(Library)]
    public static partial int cuDevicePrimaryCtxRetain(out nint context, int device);

    [LibraryImport(Library)]
    public static partial int cuDevicePrimaryCtxRelease_v2(int device);

    [LibraryImport(Library)]
    public static partial int cuCtxPushCurrent_v2(nint context);

    [LibraryImport(Library)]
    public static partial int cuCtxPopCurrent_v2(out nint context);

    [LibraryImport(Library)]
    public static partial int cuModuleLoadData(out nint module, byte* image);

    [LibraryImport(Library)]
    public static partial int cuModuleUnload(nint module);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int cuModuleGetFunction(out nint function, nint module, string name);

    [LibraryImport(Library)]
    public static partial int cuMemAlloc_v2(out nint memory, nuint bytes);

    [LibraryImport(Library)]
    public static partial int cuMemFree_v2(nint memory);

    [LibraryImport(Library)]
    public static partial int cuMemAllocHost_v2(out nint memory, nuint bytes);

    [LibraryImport(Library)]
    public static partial int cuMemFreeHost(nint memory);

    [LibraryImport(Library)]
    public static partial int cuMemcpyHtoDAsync_v2(nint device, nint host, nuint bytes, nint stream);

    [LibraryImport(Library)]
    public static partial int cuMemcpyDtoHAsync_v2(nint host, nint device, nuint bytes, nint stream);

    [LibraryImport(Library)]
    public static partial int cuMemcpyDtoDAsync_v2(nint to, nint from, nuint bytes, nint stream);

    [LibraryImport(Library)]
    public static partial int cuMemsetD8Async(nint device, byte value, nuint bytes, nint stream);

    [LibraryImport(Library)]
    public static partial int cuStreamCreate(out nint stream, uint flags);

    [LibraryImport(Library)]
    public static partial int cuStreamSynchronize(nint stream);

    [LibraryImport(Library)]
    public static partial int cuStreamDestroy_v2(nint stream);

    [LibraryImport(Library)]
    public static partial int cuLaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream, void** arguments, void** extra);
}

namespace Sjc.RadianceField.Rendering.Cuda.Driver;

/// <summary>One GPU.</summary>
/// <param name="Ordinal">N of cuda:N.</param>
/// <param name="Name">Such as NVIDIA H200.</param>
/// <param name="Architecture">Such as 90 for compute capability 9.0.</param>
/// <param name="MemoryBytes">In all.</param>
public sealed record CudaDeviceInfo(int Ordinal, string Name, int Architecture, long MemoryBytes);

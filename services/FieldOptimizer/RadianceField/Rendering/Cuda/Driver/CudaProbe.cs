namespace Sjc.RadianceField.Rendering.Cuda.Driver;

/// <summary>What was found of CUDA on this machine.</summary>
public sealed record CudaProbe
{
    /// <summary>The driver's file; empty: none.</summary>
    public string DriverLibrary { get; init; } = "";

    /// <summary>The newest CUDA that the driver runs, such as 12.8.</summary>
    public string DriverVersion { get; init; } = "";

    /// <summary>NVRTC's file; empty: none.</summary>
    public string CompilerLibrary { get; init; } = "";

    /// <summary>NVRTC's version, such as 12.8.</summary>
    public string CompilerVersion { get; init; } = "";

    /// <summary>In the driver's order.</summary>
    public IReadOnlyList<CudaDeviceInfo> Devices { get; init; } = [];

    /// <summary>Why the renderer cannot use a GPU here; empty: it can.</summary>
    public string Failure { get; init; } = "";

    /// <summary>Whether the renderer can use a GPU here.</summary>
    public bool IsUsable => Failure.Length == 0;
}

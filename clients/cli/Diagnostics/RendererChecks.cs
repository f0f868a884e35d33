using Sjc.RadianceField.Rendering;
using Sjc.RadianceField.Rendering.Cuda.Driver;

namespace Sjc.Cli.Diagnostics;

/// <summary>Where the renderer computes.</summary>
internal static class RendererChecks
{
    /// <summary>What <c>--renderer auto</c> comes to here, with what was found of CUDA.</summary>
    public static IEnumerable<Finding> Run()
    {
        CudaProbe probe = CudaDevices.Probe();
        foreach (CudaDeviceInfo device in probe.Devices)
        {
            yield return new(
                Severity.Good,
                "GPU, renderer",
                $"cuda:{device.Ordinal} {device.Name}, compute capability {device.Architecture / 10}.{device.Architecture % 10}, {device.MemoryBytes / (double)(1L << 30):F0} GiB");
        }

        if (probe.DriverLibrary.Length > 0)
        {
            string compiler = probe.CompilerLibrary.Length > 0 ? $"NVRTC {probe.CompilerVersion} from {probe.CompilerLibrary}" : "no NVRTC";
            yield return new(Severity.Good, "CUDA", $"driver {probe.DriverLibrary} for CUDA {probe.DriverVersion}, {compiler}");
        }

        ResolvedRenderer renderer = new RendererChoice(true, null).Resolve();
        yield return new(renderer.CudaDevice is null ? Severity.Note : Severity.Good, "renderer", renderer.Description);
    }
}

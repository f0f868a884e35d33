using Sjc.RadianceField.Rendering.Cuda;
using Sjc.RadianceField.Rendering.Cuda.Driver;

namespace Sjc.GpuCheck;

/// <summary>Whether the kernels compile for every architecture that NVRTC knows; a GPU is not needed.</summary>
internal static class CompileCheck
{
    /// <summary>Whether NVRTC is there.</summary>
    public static bool IsAvailable(out string failure)
    {
        failure = CudaLibraries.CompilerLibrary.Failure;
        return CudaLibraries.CompilerLibrary.Handle != 0;
    }

    /// <summary>Compiles, and writes the sizes.</summary>
    /// <exception cref="CudaException">The kernels do not compile for one of them.</exception>
    public static void Run()
    {
        Version version = KernelCompiler.Version();
        int[] supported = KernelCompiler.SupportedArchitectures();
        Console.WriteLine($"NVRTC {version} from {CudaLibraries.CompilerLibrary.Path}");
        foreach (int architecture in supported)
        {
            IReadOnlyList<string> options = KernelCompiler.Options(architecture, supported, version);
            Console.WriteLine($"{string.Join(' ', options)}: {KernelCompiler.Compile(KernelSources.Text, options).Length} bytes");
        }
    }
}

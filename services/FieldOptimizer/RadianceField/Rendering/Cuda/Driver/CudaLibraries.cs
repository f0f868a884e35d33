using System.Reflection;
using System.Runtime.InteropServices;

namespace Sjc.RadianceField.Rendering.Cuda.Driver;

/// <summary>Finds and loads the driver's library and NVRTC, each once per process.</summary>
internal static class CudaLibraries
{
    /// <summary>The driver in <see cref="LibraryImportAttribute"/>.</summary>
    public const string Driver = "sjc-cuda-driver";

    /// <summary>NVRTC in <see cref="LibraryImportAttribute"/>.</summary>
    public const string Compiler = "sjc-nvrtc";

    private static readonly Lazy<LoadedLibrary> LoadedDriver = new(() => LoadFirst(LibrarySearch.FromEnvironment().DriverFiles(), "the NVIDIA driver (libcuda)"));

    private static readonly Lazy<LoadedLibrary> LoadedCompiler = new(LoadCompiler);

    static CudaLibraries() => NativeLibrary.SetDllImportResolver(typeof(CudaLibraries).Assembly, Resolve);

    /// <summary>Where the driver was loaded from, or why not.</summary>
    public static LoadedLibrary DriverLibrary => LoadedDriver.Value;

    /// <summary>Where NVRTC was loaded from, or why not.</summary>
    public static LoadedLibrary CompilerLibrary => LoadedCompiler.Value;

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        LoadedLibrary? library = name == Driver ? DriverLibrary : name == Compiler ? CompilerLibrary : null;
        return library is null ? 0 : library.Handle != 0 ? library.Handle : throw new DllNotFoundException(library.Failure);
    }

    private static LoadedLibrary LoadCompiler()
    {
        LoadedLibrary compiler = LoadFirst(LibrarySearch.FromEnvironment().CompilerFiles(), "NVRTC (libnvrtc)");

        // NVRTC opens its builtins by name, which finds them where they are loaded already.
        if (compiler.Handle != 0 && Path.GetDirectoryName(compiler.Path) is { Length: > 0 } folder && Directory.Exists(folder))
        {
            foreach (string builtins in Directory.EnumerateFiles(folder, "libnvrtc-builtins*.so*").Order(StringComparer.Ordinal))
            {
                NativeLibrary.TryLoad(builtins, out _);
            }
        }

        return compiler;
    }

    private static LoadedLibrary LoadFirst(IReadOnlyList<string> files, string what)
    {
        foreach (string file in files)
        {
            if (NativeLibrary.TryLoad(file, out nint handle))
            {
                return new(handle, file, "");
            }
        }

        return new(0, "", $"{what} was not found; looked for {string.Join(", ", files)}");
    }
}

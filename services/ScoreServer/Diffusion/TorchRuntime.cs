using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Sjc.Diffusion;

/// <summary>Loads libtorch, once for the process, and says what it offers. Call <see cref="Initialize"/> before any other use of torch.</summary>
/// <remarks>By default libtorch is the one of the build's <c>TorchFlavor</c>. The variable SJC_LIBTORCH names the <c>lib</c> folder of an existing
/// PyTorch instead, whose version must be the one that TorchSharp was built for.</remarks>
public static class TorchRuntime
{
    /// <summary>Environment variable that names the folder of an existing libtorch.</summary>
    public const string FolderVariable = "SJC_LIBTORCH";

    private const string BindingName = "LibTorchSharp";

    // In order of dependence: each finds those before it by name, already loaded.
    private static readonly string[] RequiredLibraries = ["c10", "torch_cpu"];
    private static readonly string[] CudaLibraries = ["c10_cuda", "torch_cuda_linalg", "torch_cuda"];
    private static readonly Lock InitializationLock = new();
    private static bool isInitialized;

    /// <summary>Loads libtorch where that is yet to be done, and sets the number of threads of its operations.</summary>
    /// <param name="threads">Threads within one operation; null: libtorch's own choice.</param>
    /// <exception cref="InvalidOperationException">libtorch cannot be loaded; the message says from where and why.</exception>
    public static void Initialize(int? threads = null)
    {
        lock (InitializationLock)
        {
            if (!isInitialized)
            {
                Load(Environment.GetEnvironmentVariable(FolderVariable));
                isInitialized = true;
            }
        }

        if (threads is int count)
        {
            torch.set_num_threads(count > 0 ? count : throw new ArgumentException($"{nameof(threads)} must be at least 1, but is {count}.", nameof(threads)));
        }
    }

    /// <summary>The devices that models can run on: "cpu", and "cuda:0", "cuda:1", … where there are any.</summary>
    public static IReadOnlyList<string> Devices()
    {
        Initialize();
        int cudaDevices = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        return ["cpu", .. Enumerable.Range(0, cudaDevices).Select(i => $"cuda:{i}")];
    }

    /// <summary>The best device at hand: the first CUDA device, else the CPU.</summary>
    public static string DefaultDevice() => Devices() is [_, string cuda, ..] ? cuda : "cpu";

    /// <summary>The libraries to load from a folder, in order.</summary>
    /// <exception cref="InvalidOperationException">The folder or a library that is always needed is missing.</exception>
    internal static IReadOnlyList<string> LibrariesIn(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new InvalidOperationException($"{FolderVariable} must name the lib folder of a libtorch or PyTorch, but there is no folder {folder}.");
        }

        List<string> paths = [];
        foreach (string name in (string[])[.. RequiredLibraries, .. CudaLibraries, "torch"])
        {
            string path = Path.Combine(folder, FileName(name));
            if (File.Exists(path))
            {
                paths.Add(path);
            }
            else if (!CudaLibraries.Contains(name))
            {
                throw new InvalidOperationException($"{FolderVariable} must name the lib folder of a libtorch or PyTorch, but {folder} holds no {FileName(name)}.");
            }
        }

        return paths;
    }

    private static void Load(string? folder)
    {
        try
        {
            if (!string.IsNullOrEmpty(folder))
            {
                Preload(folder);
            }

            torch.InitializeDeviceType(DeviceType.CPU);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException or NotSupportedException or TypeInitializationException or EntryPointNotFoundException)
        {
            string origin = string.IsNullOrEmpty(folder) ? $"{AppContext.BaseDirectory}; build with -p:TorchFlavor=cpu or cuda, or set {FolderVariable}" : $"{FolderVariable}={folder}";
            throw new InvalidOperationException($"libtorch {torch.__version__} must be loadable, but is not ({origin}): {exception.Message}", exception);
        }
    }

    private static void Preload(string folder)
    {
        foreach (string path in LibrariesIn(folder))
        {
            NativeLibrary.Load(path);
        }

        NativeLibrary.Load(BindingName, typeof(torch).Assembly, searchPath: null);

        // TorchSharp would look for libtorch beside the application first, and there may be another one there. It has no public switch
        // that says "loaded already"; these flags are its own.
        foreach (string flag in (string[])["nativeBackendLoaded", "nativeBackendCudaLoaded"])
        {
            FieldInfo field = typeof(torch).GetField(flag, BindingFlags.NonPublic | BindingFlags.Static)
                ?? throw new NotSupportedException($"This version of TorchSharp has no field {flag}, by which {FolderVariable} takes effect.");
            field.SetValue(null, true);
        }
    }

    private static string FileName(string library) =>
        OperatingSystem.IsWindows() ? $"{library}.dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";
}

using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Sjc.Diffusion;

/// <summary>Loads libtorch, once for the process, and says what it offers. Call <see cref="Initialize"/> before any other use of torch.</summary>
/// <remarks>By default libtorch is the one of the build's <c>TorchFlavor</c>. In a build with the flavour <c>none</c> the variable SJC_LIBTORCH names
/// the <c>lib</c> folder of an existing PyTorch, whose version must be the one that TorchSharp was built for: its libraries are loaded
/// first, and TorchSharp's own requests, which are by name, then find them.</remarks>
public static class TorchRuntime
{
    /// <summary>Environment variable that names the folder of an existing libtorch.</summary>
    public const string FolderVariable = "SJC_LIBTORCH";

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

    /// <summary>Optimised, TorchSharp frees scalars before libtorch has read them; the build mends it (services/ScoreServer/TorchNativeMend).</summary>
    /// <exception cref="InvalidOperationException">The assembly is not the mended one.</exception>
    internal static void RequireMended(Assembly torchSharp)
    {
        if (torchSharp.GetCustomAttribute<DebuggableAttribute>() is not { IsJITOptimizerDisabled: true })
        {
            throw new InvalidOperationException(
                $"TorchSharp must be the copy that the build mends, whose methods keep their arguments alive, but {torchSharp.Location} is not; build or publish with this repository's Directory.Build.targets.");
        }
    }

    private static void Load(string? folder)
    {
        RequireMended(typeof(torch).Assembly);
        NativeHeap.KeepFreedMemory();
        OpenMpTeams.ShortenLookOut();
        try
        {
            if (!string.IsNullOrEmpty(folder))
            {
                Preload(folder);
            }

            torch.InitializeDeviceType(DeviceType.CPU);

            // float32 means float32 on a GPU too: TF32 would leave 10 bits of the convolutions' factors.
            torch.backends.cudnn.allow_tf32 = false;
            torch.backends.cuda.matmul.allow_tf32 = false;
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException or NotSupportedException or TypeInitializationException or EntryPointNotFoundException)
        {
            string origin = string.IsNullOrEmpty(folder) ? $"{AppContext.BaseDirectory}; build with -p:TorchFlavor=cpu or cuda, or with none and set {FolderVariable}" : $"{FolderVariable}={folder}";
            throw new InvalidOperationException($"libtorch {torch.__version__} must be loadable, but is not ({origin}): {FirstLine(exception.Message)}", exception);
        }
    }

    /// <summary>TorchSharp tells of all its attempts, over some dozens of lines: they stay with the inner exception.</summary>
    private static string FirstLine(string message) => message.Split('\n', 2)[0].TrimEnd();

    private static void Preload(string folder)
    {
        RequireNoOther(folder, PackagedFolder());
        foreach (string path in LibrariesIn(folder))
        {
            NativeLibrary.Load(path);
        }
    }

    /// <summary>TorchSharp looks beside the application first, by path, so that a libtorch there would be loaded as a second one.</summary>
    /// <exception cref="InvalidOperationException">The application has a libtorch of its own.</exception>
    internal static void RequireNoOther(string folder, string packagedFolder)
    {
        string packaged = Path.Combine(packagedFolder, FileName("torch_cpu"));
        if (File.Exists(packaged) && Path.GetFullPath(folder) != Path.GetFullPath(packagedFolder))
        {
            throw new InvalidOperationException($"{FolderVariable} takes effect in a build without a libtorch of its own (-p:TorchFlavor=none), but this one has {packaged}.");
        }
    }

    /// <summary>A program that was published for one platform has its libraries beside it.</summary>
    private static string PackagedFolder() => File.Exists(Path.Combine(AppContext.BaseDirectory, FileName("torch_cpu")))
        ? AppContext.BaseDirectory
        : Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native");

    private static string FileName(string library) =>
        OperatingSystem.IsWindows() ? $"{library}.dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";
}

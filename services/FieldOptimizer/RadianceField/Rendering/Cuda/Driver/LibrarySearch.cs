namespace Sjc.RadianceField.Rendering.Cuda.Driver;

/// <summary>Where the driver's library and NVRTC may lie, in the order in which they are tried.</summary>
internal sealed record LibrarySearch
{
    /// <summary>Names folders that are looked at first, like PATH.</summary>
    public const string FoldersVariable = "SJC_CUDA_LIBRARIES";

    private const string TorchVariable = "SJC_LIBTORCH";

    private static readonly string[] SystemDrivers = OperatingSystem.IsWindows() ? ["nvcuda.dll"] : ["libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"];

    private static readonly string[] SystemCompilers = OperatingSystem.IsWindows()
        ? ["nvrtc64_130_0.dll", "nvrtc64_120_0.dll", "nvrtc64_112_0.dll"]
        : ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so"];

    /// <summary>Folders that the user names.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>The lib folder of a libtorch or PyTorch that the user names.</summary>
    public string? TorchFolder { get; init; }

    /// <summary>The application's own folder.</summary>
    public string ApplicationFolder { get; init; } = "";

    /// <summary>A CUDA toolkit.</summary>
    public IReadOnlyList<string> ToolkitFolders { get; init; } = [];

    /// <summary>As this process's environment says.</summary>
    public static LibrarySearch FromEnvironment()
    {
        string[] toolkits = [.. new[] { "CUDA_HOME", "CUDA_PATH" }.Select(Environment.GetEnvironmentVariable).OfType<string>(), "/usr/local/cuda"];
        return new()
        {
            Folders = (Environment.GetEnvironmentVariable(FoldersVariable) ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
            TorchFolder = Environment.GetEnvironmentVariable(TorchVariable),
            ApplicationFolder = AppContext.BaseDirectory,
            ToolkitFolders = [.. toolkits.SelectMany(toolkit => new[] { Path.Combine(toolkit, "lib64"), Path.Combine(toolkit, "bin") })],
        };
    }

    /// <summary>Files, and names for the system to look up, that may be the driver.</summary>
    public IReadOnlyList<string> DriverFiles() =>
        [.. Folders.SelectMany(folder => FilesIn(folder, "libcuda.so.1", "nvcuda.dll")), .. SystemDrivers];

    /// <summary>Files, and names for the system to look up, that may be NVRTC.</summary>
    public IReadOnlyList<string> CompilerFiles()
    {
        IEnumerable<string> folders = [.. Folders, .. TorchFolders(), .. PackagedFolders(), .. ToolkitFolders];
        return [.. folders.SelectMany(folder => FilesIn(folder, "libnvrtc*.so*", "nvrtc64_*.dll")).Distinct(), .. SystemCompilers];
    }

    /// <summary>The named libtorch, and beside a PyTorch the packages nvidia/*/lib that come with it.</summary>
    private IEnumerable<string> TorchFolders()
    {
        if (string.IsNullOrEmpty(TorchFolder))
        {
            yield break;
        }

        yield return TorchFolder;
        string packages = Path.GetFullPath(Path.Combine(TorchFolder, "..", "..", "nvidia"));
        if (!Directory.Exists(packages))
        {
            yield break;
        }

        foreach (string package in Directory.EnumerateDirectories(packages).Order(StringComparer.Ordinal))
        {
            yield return Path.Combine(package, OperatingSystem.IsWindows() ? "bin" : "lib");
        }
    }

    /// <summary>The CUDA flavour's libtorch, as the build lays it beside the application.</summary>
    private string[] PackagedFolders() =>
        [ApplicationFolder, Path.Combine(ApplicationFolder, "runtimes", OperatingSystem.IsWindows() ? "win-x64" : "linux-x64", "native")];

    /// <summary>Newest first; NVRTC's builtins and its alternative build are no NVRTC.</summary>
    private static IEnumerable<string> FilesIn(string folder, string unixPattern, string windowsPattern) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, OperatingSystem.IsWindows() ? windowsPattern : unixPattern)
            .Where(path => !Path.GetFileName(path).Contains("builtins", StringComparison.Ordinal) && !Path.GetFileName(path).Contains("alt", StringComparison.Ordinal))
            .OrderDescending(StringComparer.Ordinal)
        : [];
}

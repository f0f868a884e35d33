using Sjc.RadianceField.Rendering.Cuda.Driver;

namespace Sjc.RadianceField.Tests.Rendering.Cuda.Driver;

public sealed class LibrarySearchTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("sjc-search-").FullName;

    public LibrarySearchTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The names are Linux's.");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void CompilerFiles_OfAPyTorch_AreFoundBesideIt()
    {
        string torch = Folder("site-packages/torch/lib");
        string bundled = Touch("site-packages/torch/lib/libnvrtc-672ee683.so.11.2");
        Touch("site-packages/torch/lib/libnvrtc-builtins-2dc4bf68.so.11.8");
        string packaged = Touch("site-packages/nvidia/cuda_nvrtc/lib/libnvrtc.so.12");
        Touch("site-packages/nvidia/cuda_nvrtc/lib/libnvrtc-builtins.so.12.8");
        Touch("site-packages/nvidia/cuda_nvrtc/lib/libnvrtc.alt.so.12");
        string newest = Touch("site-packages/nvidia/cu13/lib/libnvrtc.so.13");

        IReadOnlyList<string> files = new LibrarySearch { TorchFolder = torch }.CompilerFiles();

        Assert.Equal([bundled, newest, packaged], files.Take(3));
        Assert.Equal(["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so"], files.Skip(3));
    }

    [Fact]
    public void CompilerFiles_InOrder_AreNamedFoldersTorchApplicationToolkitSystem()
    {
        string toolkit = Touch("cuda/lib64/libnvrtc.so.12");
        string application = Touch("app/runtimes/linux-x64/native/libnvrtc.so.12");
        string torch = Touch("torch/lib/libnvrtc.so.12");
        string named = Touch("named/libnvrtc.so.12");
        LibrarySearch search = new()
        {
            Folders = [Path.Combine(root, "named"), Path.Combine(root, "missing")],
            TorchFolder = Path.Combine(root, "torch/lib"),
            ApplicationFolder = Path.Combine(root, "app"),
            ToolkitFolders = [Path.Combine(root, "cuda/lib64")],
        };
        Assert.Equal([named, torch, application, toolkit, "libnvrtc.so.13"], search.CompilerFiles().Take(5));
    }

    [Fact]
    public void DriverFiles_NamedFolder_ComesBeforeTheSystem()
    {
        string named = Touch("named/libcuda.so.1");
        Assert.Equal([named, "libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"], new LibrarySearch { Folders = [Path.Combine(root, "named")] }.DriverFiles());
    }

    private string Folder(string path) => Directory.CreateDirectory(Path.Combine(root, path)).FullName;

    private string Touch(string path)
    {
        Folder(Path.GetDirectoryName(path)!);
        string file = Path.Combine(root, path);
        File.WriteAllText(file, "");
        return file;
    }
}

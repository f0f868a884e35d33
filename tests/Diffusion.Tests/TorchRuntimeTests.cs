using TorchSharp;

namespace Sjc.Diffusion.Tests;

public sealed class TorchRuntimeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sjc-libtorch-").FullName;

    [Fact]
    public void Initialize_Twice_LoadsOnceAndOffersTheCpu()
    {
        TorchRuntime.Initialize();
        TorchRuntime.Initialize();
        Assert.Equal("cpu", TorchRuntime.Devices()[0]);
        Assert.Contains(TorchRuntime.DefaultDevice(), TorchRuntime.Devices());
    }

    [Fact]
    public void Initialize_Threads_AreSet()
    {
        TorchRuntime.Initialize();
        int before = torch.get_num_threads();
        try
        {
            TorchRuntime.Initialize(threads: 1);
            Assert.Equal(1, torch.get_num_threads());
            Assert.Throws<ArgumentException>(() => TorchRuntime.Initialize(threads: 0));
        }
        finally
        {
            torch.set_num_threads(before);
        }
    }

    [Fact]
    public void LibrariesIn_CpuBuild_NamesThemInOrderOfDependence()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Library names are Linux's here.");
        Touch("libtorch.so", "libc10.so", "libtorch_cpu.so", "libtorch_python.so");
        Assert.Equal(["libc10.so", "libtorch_cpu.so", "libtorch.so"], TorchRuntime.LibrariesIn(folder).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public void LibrariesIn_CudaBuild_NamesCudaLibrariesBetween()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Library names are Linux's here.");
        Touch("libtorch.so", "libc10.so", "libtorch_cpu.so", "libtorch_cuda.so", "libc10_cuda.so");
        Assert.Equal(
            ["libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"], TorchRuntime.LibrariesIn(folder).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public void LibrariesIn_NoLibtorch_ThrowsAndNamesTheVariable()
    {
        InvalidOperationException empty = Assert.Throws<InvalidOperationException>(() => TorchRuntime.LibrariesIn(folder));
        InvalidOperationException absent = Assert.Throws<InvalidOperationException>(() => TorchRuntime.LibrariesIn(Path.Combine(folder, "absent")));
        Assert.All([empty, absent], exception => Assert.Contains(TorchRuntime.FolderVariable, exception.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void RequireNoOther_ApplicationHasItsOwn_ThrowsUnlessItIsTheSame()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Library names are Linux's here.");
        string other = Path.Combine(folder, "other");
        TorchRuntime.RequireNoOther(other, folder);
        Touch("libtorch_cpu.so");
        TorchRuntime.RequireNoOther(folder, folder);
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => TorchRuntime.RequireNoOther(other, folder));
        Assert.Contains("TorchFlavor=none", exception.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void Touch(params string[] names) => Array.ForEach(names, name => File.WriteAllText(Path.Combine(folder, name), ""));
}

using System.Runtime.InteropServices;
using Sjc.RadianceField.Rendering.Cuda.Driver;

namespace Sjc.RadianceField.Tests.Rendering.Cuda.Driver;

/// <summary>The fake driver and NVRTC as the libraries of this process: nothing else here may load others.</summary>
public sealed class FakeDriverFixture
{
    private readonly nint driver;
    private readonly nint compiler;

    public FakeDriverFixture()
    {
        string folder = ShimLibrary.BuildFakeDriver();
        Environment.SetEnvironmentVariable(LibrarySearch.FoldersVariable, folder);
        driver = CudaLibraries.DriverLibrary.Handle;
        compiler = CudaLibraries.CompilerLibrary.Handle;
        Assert.Equal(Path.Combine(folder, "libcuda.so.1"), CudaLibraries.DriverLibrary.Path);
    }

    /// <summary>Memory of the device, pinned memory, streams and modules that have not been given back.</summary>
    public int Live => Number("fake_live");

    /// <summary>Primary contexts that are held.</summary>
    public int Retained => Number("fake_retained");

    /// <summary>Contexts on this thread's stack.</summary>
    public int Contexts => Number("fake_contexts");

    /// <summary>Functions called since <see cref="Forget"/>, the compiler's behind the driver's.</summary>
    public string[] Calls => [.. Text(driver), .. Text(compiler)];

    /// <summary>Lets a function fail with code 2; empty: none.</summary>
    public void Fail(string function)
    {
        Export<FailFunction>(driver, "fake_fail")(function);
        Export<FailFunction>(compiler, "fake_fail")(function);
    }

    public void Forget()
    {
        Export<ForgetFunction>(driver, "fake_forget")();
        Export<ForgetFunction>(compiler, "fake_forget")();
    }

    private static string[] Text(nint library) =>
        Marshal.PtrToStringUTF8(Export<TextFunction>(library, "fake_calls")())!.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private int Number(string name) => Export<NumberFunction>(driver, name)();

    private static T Export<T>(nint library, string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(library, name));

    private delegate int NumberFunction();

    private delegate nint TextFunction();

    private delegate void ForgetFunction();

    private delegate void FailFunction(string name);
}

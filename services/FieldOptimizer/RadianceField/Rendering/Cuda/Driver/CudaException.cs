using System.Runtime.InteropServices;

namespace Sjc.RadianceField.Rendering.Cuda.Driver;

/// <summary>A call of the CUDA driver or of NVRTC that failed: which, with what code, and what was attempted.</summary>
public sealed class CudaException : InvalidOperationException
{
    /// <summary>An error of the CUDA libraries.</summary>
    /// <param name="call">The function.</param>
    /// <param name="code">What it returned.</param>
    /// <param name="meaning">The code's name and text.</param>
    /// <param name="attempted">What was being done, such as "allocating 5 bytes on cuda:0".</param>
    public CudaException(string call, int code, string meaning, string attempted)
        : base($"{call} must succeed when {attempted}, but failed with code {code} ({meaning}).")
    {
        Call = call;
        Code = code;
    }

    /// <summary>The function that failed.</summary>
    public string Call { get; }

    /// <summary>What it returned.</summary>
    public int Code { get; }

    /// <summary>Throws where a driver's call returned an error.</summary>
    internal static void ThrowIfFailed(int code, string call, string attempted)
    {
        if (code != 0)
        {
            throw new CudaException(call, code, DriverMeaning(code), attempted);
        }
    }

    /// <summary>Throws where a call of NVRTC returned an error.</summary>
    internal static void ThrowIfCompilerFailed(int code, string call, string attempted)
    {
        if (code != 0)
        {
            throw new CudaException(call, code, Marshal.PtrToStringUTF8(Nvrtc.nvrtcGetErrorString(code)) ?? "unknown", attempted);
        }
    }

    private static string DriverMeaning(int code)
    {
        string? name = CudaDriver.cuGetErrorName(code, out nint nameText) == 0 ? Marshal.PtrToStringUTF8(nameText) : null;
        string? text = CudaDriver.cuGetErrorString(code, out nint errorText) == 0 ? Marshal.PtrToStringUTF8(errorText) : null;
        return name is null ? "unknown" : $"{name}: {text}";
    }
}

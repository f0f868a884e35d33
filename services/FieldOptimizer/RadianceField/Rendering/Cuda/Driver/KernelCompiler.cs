using System.Text;

namespace Sjc.RadianceField.Rendering.Cuda.Driver;

/// <summary>Compiles the kernels for one architecture with NVRTC.</summary>
internal static unsafe class KernelCompiler
{
    /// <summary>The first NVRTC and the first architecture that add four floats at once.</summary>
    private static readonly Version VectorReductionsVersion = new(12, 1);
    private const int VectorReductionsArchitecture = 90;

    private delegate int SizeFunction(nint program, out nuint bytes);

    private delegate int CopyFunction(nint program, byte* image);

    /// <summary>NVRTC's version.</summary>
    public static Version Version()
    {
        CudaException.ThrowIfCompilerFailed(Nvrtc.nvrtcVersion(out int major, out int minor), "nvrtcVersion", "asking for NVRTC's version");
        return new(major, minor);
    }

    /// <summary>The compiler's options.</summary>
    /// <param name="architecture">Of the device, such as 90 for compute capability 9.0.</param>
    /// <param name="supported">Architectures that this NVRTC compiles for.</param>
    /// <param name="version">NVRTC's.</param>
    /// <remarks>A device newer than NVRTC gets PTX of the newest architecture, which the driver compiles. No contraction of a·b + c: the kernels write
    /// their fused multiply-adds themselves, so that they compute what the tests' build of them computes.</remarks>
    /// <exception cref="NotSupportedException">The device is older than all that NVRTC compiles for.</exception>
    public static IReadOnlyList<string> Options(int architecture, IReadOnlyList<int> supported, Version version)
    {
        if (!supported.Any(known => known <= architecture))
        {
            throw new NotSupportedException($"The device must have at least compute capability {supported.Min() / 10}.{supported.Min() % 10} for NVRTC {version}, but has {architecture / 10}.{architecture % 10}.");
        }

        string target = supported.Contains(architecture) ? $"sm_{architecture}" : $"compute_{supported.Where(known => known <= architecture).Max()}";
        List<string> options = [$"--gpu-architecture={target}", "--std=c++17", "--fmad=false"];
        if (architecture >= VectorReductionsArchitecture && supported.Where(known => known <= architecture).Max() >= VectorReductionsArchitecture && version >= VectorReductionsVersion)
        {
            options.Add("--define-macro=SJC_VECTOR_REDUCTIONS");
        }

        return options;
    }

    /// <summary>Architectures that this NVRTC compiles for, such as 90.</summary>
    public static int[] SupportedArchitectures()
    {
        const string Attempt = "asking for NVRTC's architectures";
        CudaException.ThrowIfCompilerFailed(Nvrtc.nvrtcGetNumSupportedArchs(out int count), "nvrtcGetNumSupportedArchs", Attempt);
        int[] architectures = new int[count];
        fixed (int* pointer = architectures)
        {
            CudaException.ThrowIfCompilerFailed(Nvrtc.nvrtcGetSupportedArchs(pointer), "nvrtcGetSupportedArchs", Attempt);
        }

        return architectures;
    }

    /// <summary>A cubin, or PTX where the options name a virtual architecture.</summary>
    /// <exception cref="CudaException">The source does not compile; the message holds the compiler's.</exception>
    public static byte[] Compile(string source, IReadOnlyList<string> options)
    {
        string attempt = $"compiling the kernels ({string.Join(' ', options)})";
        CudaException.ThrowIfCompilerFailed(Nvrtc.nvrtcCreateProgram(out nint program, source, "sjc-kernels.cu", 0, 0, 0), "nvrtcCreateProgram", attempt);
        try
        {
            int code = Nvrtc.nvrtcCompileProgram(program, options.Count, [.. options]);
            if (code != 0)
            {
                CudaException.ThrowIfCompilerFailed(code, "nvrtcCompileProgram", $"{attempt}; it says: {Log(program)}");
            }

            return options[0].Contains("compute_", StringComparison.Ordinal)
                ? Image(program, Nvrtc.nvrtcGetPTXSize, Nvrtc.nvrtcGetPTX, attempt)
                : Image(program, Nvrtc.nvrtcGetCUBINSize, Nvrtc.nvrtcGetCUBIN, attempt);
        }
        finally
        {
            Nvrtc.nvrtcDestroyProgram(ref program);
        }
    }

    private static byte[] Image(nint program, SizeFunction size, CopyFunction copy, string attempt)
    {
        CudaException.ThrowIfCompilerFailed(size(program, out nuint bytes), size.Method.Name, attempt);
        byte[] image = new byte[bytes];
        fixed (byte* pointer = image)
        {
            CudaException.ThrowIfCompilerFailed(copy(program, pointer), copy.Method.Name, attempt);
        }

        return image;
    }

    private static string Log(nint program)
    {
        if (Nvrtc.nvrtcGetProgramLogSize(program, out nuint bytes) != 0)
        {
            return "nothing";
        }

        byte[] log = new byte[bytes];
        fixed (byte* pointer = log)
        {
            return Nvrtc.nvrtcGetProgramLog(program, pointer) == 0 ? Encoding.UTF8.GetString(log).TrimEnd('\0', '\n') : "nothing";
        }
    }
}

using Sjc.RadianceField.Rendering.Cuda.Driver;

namespace Sjc.GpuCheck;

/// <summary>Checks the CUDA renderer against the processor's on a GPU of this machine, then times it.</summary>
internal static class Program
{
    /// <summary>Everything agrees.</summary>
    private const int Success = 0;

    /// <summary>The GPU computes something else, or a call failed.</summary>
    private const int Failure = 1;

    /// <summary>The arguments are wrong.</summary>
    private const int Usage = 2;

    /// <summary>This machine has no GPU that can be used, or no NVRTC.</summary>
    private const int NothingToCheck = 3;

    public static int Main(string[] arguments)
    {
        try
        {
            CheckArguments parsed = CheckArguments.Parse(arguments);
            return parsed.CompileOnly ? Compile() : Check(parsed);
        }
        catch (ArgumentException exception)
        {
            Console.Error.WriteLine($"{exception.Message} Usage: sjc-gpu-check [--device N] [--json FILE] [--short] [--sanitizer clean|findings|missing] | --compile-only");
            return Usage;
        }
        catch (Exception exception) when (exception is CudaException or DllNotFoundException or EntryPointNotFoundException or NotSupportedException or IOException)
        {
            Console.Error.WriteLine($"GPU check failed: {exception.Message}");
            return Failure;
        }
    }

    private static int Check(CheckArguments arguments)
    {
        CudaProbe probe = CudaDevices.Probe();
        if (!probe.IsUsable || arguments.Device >= probe.Devices.Count)
        {
            Console.Error.WriteLine($"GPU check: nothing to check: {(probe.IsUsable ? $"the driver knows {probe.Devices.Count} devices" : probe.Failure)}.");
            return NothingToCheck;
        }

        CheckReport report = new(probe, probe.Devices[arguments.Device]);
        Console.WriteLine($"{report.Device.Name}, compute capability {report.Device.Architecture / 10.0:F1}, driver for CUDA {probe.DriverVersion}, NVRTC {probe.CompilerVersion}");
        bool agrees = Correctness.Run(arguments.Device, arguments.Short, report) & FieldCorrectness.Run(arguments.Device, report);
        if (agrees)
        {
            Timings.Run(arguments.Device, arguments.Short, report);
        }

        report.Add("sanitizer", "clean", arguments.IsSanitized is { } clean ? (clean ? 1 : 0) : double.NaN, "");
        report.WriteJson(arguments.JsonFile);
        if (arguments.IsSanitized == false)
        {
            Console.Error.WriteLine("GPU check: the sanitizer has findings; they are above.");
        }

        Console.WriteLine(agrees ? $"The GPU agrees with the processor. Figures: {arguments.JsonFile}" : $"The GPU does NOT agree with the processor: see {arguments.JsonFile}");
        return agrees && arguments.IsSanitized != false ? Success : Failure;
    }

    private static int Compile()
    {
        if (!CompileCheck.IsAvailable(out string failure))
        {
            Console.Error.WriteLine($"GPU check: nothing to compile with: {failure}.");
            return NothingToCheck;
        }

        CompileCheck.Run();
        return Success;
    }
}

using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Sjc.RadianceField.Rendering.Cuda;

namespace Sjc.RadianceField.Tests.Rendering.Cuda;

/// <summary>The product's CUDA sources, built for the processor by g++ with <c>KernelShim.h</c>; once per test process.</summary>
internal static partial class ShimLibrary
{
    private static readonly string[] Flags = ["-std=c++17", "-O2", "-march=native", "-ffp-contract=off", "-fPIC", "-shared", "-Wall", "-Wextra", "-Werror"];

    private static readonly Lazy<nint> Plain = new(() => NativeLibrary.Load(Build(Source(), [])));

    private static readonly Lazy<nint> Vectors = new(() => NativeLibrary.Load(Build(Source(), ["-DSJC_VECTOR_REDUCTIONS"])));

    private static readonly Lazy<string> FakeDriver = new(MakeFakeDriver);

    /// <summary>The loaded library; skips the test where there is no g++.</summary>
    /// <param name="vectorReductions">As compiled for devices that add four floats at once.</param>
    public static nint Load(bool vectorReductions)
    {
        SkipWithoutCompiler();
        return vectorReductions ? Vectors.Value : Plain.Value;
    }

    /// <summary>A folder with a libcuda and a libnvrtc that run the kernels on the processor; skips the test where there is no g++.</summary>
    public static string BuildFakeDriver()
    {
        SkipWithoutCompiler();
        return FakeDriver.Value;
    }

    /// <summary>A file of this assembly.</summary>
    public static string Resource(string name)
    {
        using StreamReader reader = new(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    /// <summary>The path of a program; null: it is not installed.</summary>
    public static string? FindProgram(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>The structures' sizes in the sources.</summary>
    public static int SizeOf(string structure) => Marshal.GetDelegateForFunctionPointer<SizeFunction>(NativeLibrary.GetExport(Load(false), $"size_{structure}"))();

    private static void SkipWithoutCompiler() =>
        Assert.SkipWhen(FindProgram("g++") is null || OperatingSystem.IsWindows(), "The kernels are built for the processor by g++, which is not installed here.");

    private static string MakeFakeDriver()
    {
        IEnumerable<string> table = KernelPattern().Matches(KernelSources.Text)
            .Select(kernel => $"{{\"{kernel.Groups[1].Value}\", launch_{kernel.Groups[1].Value}, (int)sizeof({kernel.Groups[2].Value})}}");
        string driver = Build(Source() + Resource("FakeDriver.cpp").Replace("KERNELS}", $"{string.Join(", ", table)}}}", StringComparison.Ordinal), []);
        string folder = Path.GetDirectoryName(driver)!;
        File.Copy(driver, Path.Combine(folder, "libcuda.so.1"));
        File.Copy(driver, Path.Combine(folder, "libnvrtc.so.12"));
        return folder;
    }

    private static string Build(string source, string[] definitions)
    {
        string key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source + string.Join(' ', Flags) + string.Join(' ', definitions))))[..16];
        string folder = Directory.CreateTempSubdirectory($"sjc-kernels-{key}-").FullName;
        string library = Path.Combine(folder, "kernels.so");
        File.WriteAllText(Path.Combine(folder, "kernels.cpp"), source);
        ProcessStartInfo start = new("g++", [.. Flags, .. definitions, "-o", library, Path.Combine(folder, "kernels.cpp")]) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string messages = process.StandardError.ReadToEnd();
        process.WaitForExit();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return process.ExitCode == 0 ? library : throw new InvalidOperationException($"g++ must build the kernels, but says: {messages}");
    }

    private static string Source()
    {
        StringBuilder text = new(Resource("KernelShim.h"));
        text.Append(KernelSources.Text).Append("\n#line 1 \"exports\"\n");
        foreach (Match kernel in KernelPattern().Matches(KernelSources.Text))
        {
            string name = kernel.Groups[1].Value;
            text.Append($"extern \"C\" void launch_{name}(const void *arguments, unsigned blocks, unsigned threads, int backwards) {{ run<{kernel.Groups[2].Value}>({name}, arguments, blocks, threads, backwards); }}\n");
        }

        foreach (Match structure in StructurePattern().Matches(KernelSources.Text))
        {
            text.Append($"extern \"C\" int size_{structure.Groups[1].Value}() {{ return (int)sizeof({structure.Groups[1].Value}); }}\n");
        }

        return text.ToString();
    }

    private delegate int SizeFunction();

    [GeneratedRegex("extern \"C\" __global__ void (\\w+)\\((\\w+) \\w+\\)")]
    private static partial Regex KernelPattern();

    [GeneratedRegex("^struct (Sjc\\w+)", RegexOptions.Multiline)]
    private static partial Regex StructurePattern();
}

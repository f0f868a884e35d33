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

    private static readonly Lazy<nint> Plain = new(() => NativeLibrary.Load(Build([])));

    private static readonly Lazy<nint> Vectors = new(() => NativeLibrary.Load(Build(["-DSJC_VECTOR_REDUCTIONS"])));

    /// <summary>The loaded library; skips the test where there is no g++.</summary>
    /// <param name="vectorReductions">As compiled for devices that add four floats at once.</param>
    public static nint Load(bool vectorReductions)
    {
        string? compiler = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "g++")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(compiler is null || OperatingSystem.IsWindows(), "The kernels are built for the processor by g++, which is not installed here.");
        return vectorReductions ? Vectors.Value : Plain.Value;
    }

    /// <summary>The structures' sizes in the sources.</summary>
    public static int SizeOf(string structure) => Marshal.GetDelegateForFunctionPointer<SizeFunction>(NativeLibrary.GetExport(Load(false), $"size_{structure}"))();

    private static string Build(string[] definitions)
    {
        string source = Source();
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
        using Stream shim = Assembly.GetExecutingAssembly().GetManifestResourceStream("KernelShim.h")!;
        using StreamReader reader = new(shim);
        StringBuilder text = new(reader.ReadToEnd());
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

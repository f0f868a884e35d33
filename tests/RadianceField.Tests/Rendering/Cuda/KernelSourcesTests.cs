using System.Diagnostics;
using Sjc.RadianceField.Rendering.Cuda;

namespace Sjc.RadianceField.Tests.Rendering.Cuda;

public sealed class KernelSourcesTests
{
    [Theory]
    [InlineData("sm_70", false)]
    [InlineData("sm_80", false)]
    [InlineData("sm_80", true)]
    public void Text_ForClang_IsValidCuda(string architecture, bool vectorReductions) =>
        Assert.Equal("", Compile(KernelSources.Text, architecture, vectorReductions));

    [Fact]
    public void Text_WithAFunctionOfTheHost_IsRefusedByClang()
    {
        string messages = Compile(KernelSources.Text + "\nint host();\n__global__ void wrong(int *to) { *to = host(); }\n", "sm_80", false);
        Assert.Contains("error: no matching function for call to 'host'", messages, StringComparison.Ordinal);
    }

    private static string Compile(string source, string architecture, bool vectorReductions)
    {
        string? clang = new[] { "clang++", "clang++-14", "clang++-15", "clang++-16", "clang++-19" }.Select(ShimLibrary.FindProgram).FirstOrDefault(path => path is not null);
        Assert.SkipWhen(clang is null, "The CUDA sources are checked by clang, which is not installed here.");
        ProcessStartInfo start = new(clang!, ["-x", "cuda", "--cuda-device-only", $"--cuda-gpu-arch={architecture}", "-nocudainc", "-nocudalib", "-fsyntax-only", "-std=c++17", "-Wall", "-Wextra", .. vectorReductions ? new[] { "-DSJC_VECTOR_REDUCTIONS" } : [], "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(ShimLibrary.Resource("CudaBuiltins.h") + source);
        process.StandardInput.Close();
        string messages = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return messages;
    }
}

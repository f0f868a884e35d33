using System.Diagnostics;
using System.Text.Json;
using Sjc.RadianceField.Rendering.Cuda.Driver;

namespace Sjc.RadianceField.Tests.Rendering.Cuda.GpuCheck;

/// <summary>The program of deploy/gpu/check.sh, as a process: with the fake driver, and without any.</summary>
public sealed class GpuCheckTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sjc-gpu-check-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Run_WithAGpu_WritesTheFigures()
    {
        string json = Path.Combine(folder, "figures.json");
        (int code, string output, string errors) = Run(ShimLibrary.BuildFakeDriver(), "--short", "--json", json);
        Assert.True(code == 0, output + errors);
        Assert.Contains("The GPU agrees with the processor.", output, StringComparison.Ordinal);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllBytes(json));
        Assert.Equal("gpu-check", report.RootElement.GetProperty("name").GetString());
        Assert.Equal("Fake GPU", report.RootElement.GetProperty("machine").GetProperty("gpu").GetString());
        Assert.Equal("12.8", report.RootElement.GetProperty("versions").GetProperty("nvrtc").GetString());
        (string, string)[] figures = [.. report.RootElement.GetProperty("results").EnumerateArray().Select(figure => (figure.GetProperty("case").GetString()!, figure.GetProperty("metric").GetString()!))];
        Assert.Contains(("16/24/9/deterministic", "difference of voxels' gradient"), figures);
        Assert.Contains(("16/16", "iteration"), figures);
        Assert.Contains(("16/16", "growth_to_21"), figures);
        Assert.Contains(("16/16/deterministic", "fraction_of_copy_bandwidth"), figures);
        Assert.Contains(("mask", "same voxels"), figures);
        Assert.Contains(("33/40/3/masked", "difference of voxels' gradient"), figures);
        Assert.Contains(("field", "difference of values at points"), figures);
        Assert.Contains(("grown", "difference of norms"), figures);
        Dictionary<(string?, string?), double?> values = report.RootElement.GetProperty("results").EnumerateArray().ToDictionary(
            figure => (figure.GetProperty("case").GetString(), figure.GetProperty("metric").GetString()),
            figure => figure.GetProperty("value").ValueKind == JsonValueKind.Null ? (double?)null : figure.GetProperty("value").GetDouble());
        Assert.Equal(1, values[("grown", "same voxels of the mask")]);
        Assert.Equal(0, values[("16/16", "device_allocations")]);
        Assert.Equal(0, values[("16/16/deterministic", "managed_bytes")]);
        Assert.Null(values[("sanitizer", "clean")]);
        Assert.Single(Directory.GetFiles(Path.Combine(folder, "cache"))); // the kernels were compiled once
    }

    [Fact]
    public void Run_WithoutAGpu_SaysSoWithACodeOfItsOwn()
    {
        Assert.SkipWhen(NativeLibrary(out _), "This machine has an NVIDIA driver.");
        (int code, _, string errors) = Run(folder);
        Assert.Equal(3, code);
        Assert.StartsWith("GPU check: nothing to check: the NVIDIA driver (libcuda) was not found; looked for ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OnTheGpuOfThisMachine_AgreesAndAllocatesNothingPerIteration()
    {
        Assert.SkipUnless(NativeLibrary(out _), "A GPU is needed: this machine has no NVIDIA driver (libcuda.so.1).");
        string json = Path.Combine(folder, "figures.json");
        (int code, string output, string errors) = Run(null, "--short", "--json", json);
        Assert.SkipWhen(code == 3, $"A GPU and NVRTC are needed: {errors}");
        Assert.True(code == 0, output + errors);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllBytes(json));
        JsonElement[] allocations = [.. report.RootElement.GetProperty("results").EnumerateArray().Where(figure => figure.GetProperty("metric").GetString() is "device_allocations" or "managed_bytes")];
        Assert.Equal(4, allocations.Length);
        Assert.All(allocations, figure => Assert.Equal(0, figure.GetProperty("value").GetDouble()));
    }

    [Fact]
    public void Run_AfterASanitizerWithFindings_Fails()
    {
        string json = Path.Combine(folder, "figures.json");
        (int code, _, string errors) = Run(ShimLibrary.BuildFakeDriver(), "--short", "--sanitizer", "findings", "--json", json);
        Assert.Equal((1, "GPU check: the sanitizer has findings; they are above."), (code, errors.Trim()));
        using JsonDocument report = JsonDocument.Parse(File.ReadAllBytes(json));
        JsonElement figure = Assert.Single(report.RootElement.GetProperty("results").EnumerateArray(), found => found.GetProperty("case").GetString() == "sanitizer");
        Assert.Equal(0, figure.GetProperty("value").GetDouble());
    }

    [Theory]
    [InlineData("--sanitizer")]
    [InlineData("--sanitizer", "unknown")]
    [InlineData("--device")]
    [InlineData("--device", "x")]
    [InlineData("--fast")]
    public void Run_WrongArguments_SaysWhichThereAre(params string[] arguments)
    {
        (int code, _, string errors) = Run(folder, arguments);
        Assert.Equal(2, code);
        Assert.Contains($"there is {arguments[0]}. Usage: sjc-gpu-check ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_DeviceThatIsNotThere_SaysSo()
    {
        (int code, _, string errors) = Run(ShimLibrary.BuildFakeDriver(), "--device", "1");
        Assert.Equal(3, code);
        Assert.Equal("GPU check: nothing to check: the driver knows 1 devices.", errors.Trim());
    }

    private static bool NativeLibrary(out nint handle) => System.Runtime.InteropServices.NativeLibrary.TryLoad("libcuda.so.1", out handle);

    private (int Code, string Output, string Errors) Run(string? libraries, params string[] arguments)
    {
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "sjc-gpu-check.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        if (libraries is not null)
        {
            start.Environment[LibrarySearch.FoldersVariable] = libraries;
        }

        start.Environment[KernelCache.FolderVariable] = Path.Combine(folder, "cache");
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }
}

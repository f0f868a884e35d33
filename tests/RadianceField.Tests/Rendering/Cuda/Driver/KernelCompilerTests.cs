using Sjc.RadianceField.Rendering.Cuda.Driver;

namespace Sjc.RadianceField.Tests.Rendering.Cuda.Driver;

public sealed class KernelCompilerTests
{
    private static readonly int[] Known = [70, 75, 80, 86, 89, 90];

    [Theory]
    [InlineData(70, "12.8", "sm_70", false)]
    [InlineData(90, "11.8", "sm_90", false)]
    [InlineData(90, "12.8", "sm_90", true)]
    [InlineData(87, "12.8", "compute_86", false)]
    [InlineData(100, "12.8", "compute_90", true)] // newer than NVRTC: the driver compiles the PTX
    public void Options_OfDeviceAndCompiler_NameTheTarget(int architecture, string version, string target, bool vectors)
    {
        IReadOnlyList<string> options = KernelCompiler.Options(architecture, Known, Version.Parse(version));
        Assert.Equal($"--gpu-architecture={target}", options[0]);
        Assert.Equal(vectors, options.Contains("--define-macro=SJC_VECTOR_REDUCTIONS"));
    }

    [Fact]
    public void Options_DeviceOlderThanTheCompiler_SaysSo()
    {
        NotSupportedException thrown = Assert.Throws<NotSupportedException>(() => KernelCompiler.Options(61, Known, new(13, 0)));
        Assert.Equal("The device must have at least compute capability 7.0 for NVRTC 13.0, but has 6.1.", thrown.Message);
    }
}

using Sjc.RadianceField.Rendering.Cuda;

namespace Sjc.RadianceField.Tests.Rendering.Cuda;

public sealed class CudaSelfCheckTests
{
    [Fact]
    public void Run_OnADeviceThatWorks_FindsNothing() => Assert.Equal("", CudaSelfCheck.Run(() => new ShimDevice()));

    [Theory]
    [InlineData("sample_colors", "image")]
    [InlineData("scatter_fixed", "voxels' gradient")]
    [InlineData("background_adjoint", "background's gradient")]
    public void Run_OnADeviceThatLeavesAKernelOut_SaysWhatIsOff(string kernel, string name) =>
        Assert.Contains($"its {name} is off by ", CudaSelfCheck.Run(() => new ShimDevice { Omitted = kernel }), StringComparison.Ordinal);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Differences_OfThreeChannels_AreSmall(bool isMasked) =>
        Assert.All(new CudaSelfCheck(10, 3, 14, isMasked).Differences(new ShimDevice(), deterministic: false), found => Assert.True(found.Difference < CudaSelfCheck.Tolerance / 10, $"{found}"));
}

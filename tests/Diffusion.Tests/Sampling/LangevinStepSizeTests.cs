using Sjc.Diffusion.Sampling;

namespace Sjc.Diffusion.Tests.Sampling;

public sealed class LangevinStepSizeTests
{
    /// <summary>The settings that Song and Ermon 2020 publish for their models (appendix B), all with a last level of .01; their ε has two digits.</summary>
    [Theory]
    [InlineData(50, 232, 5, 6.2e-6)] // CIFAR-10
    [InlineData(90, 500, 5, 3.3e-6)] // CelebA 64
    [InlineData(190, 1086, 3, 1.8e-6)] // LSUN 128
    [InlineData(348, 2311, 3, 0.9e-6)] // FFHQ 256
    public void Choose_PublishedModels_IsThePublishedStep(double sigmaFirst, int levels, int steps, double expected) =>
        Assert.Equal(1, LangevinStepSize.Choose(Math.Pow(sigmaFirst / 0.01, 1.0 / (levels - 1)), steps, 0.01) / expected, 0.025);
}

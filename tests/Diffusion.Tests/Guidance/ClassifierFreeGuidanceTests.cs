using Sjc.Diffusion.Guidance;

namespace Sjc.Diffusion.Tests.Guidance;

public sealed class ClassifierFreeGuidanceTests
{
    [Theory]
    [InlineData(1.0, 0.3)]    // the condition alone, to the bit
    [InlineData(0.0, -0.2)]   // the negative condition alone
    [InlineData(2.0, 0.8)]
    [InlineData(-1.0, -0.7)]
    [InlineData(0.5, 0.05)]
    public void Combine_Scale_MovesAlongTheLine(double scale, double expected) =>
        Assert.Equal(expected, ClassifierFreeGuidance.Combine(0.3, -0.2, scale), 1e-15);

    [Fact]
    public void Combine_EqualConditions_IgnoresTheScale() => Assert.Equal(0.3, ClassifierFreeGuidance.Combine(0.3, 0.3, 7.5));

    [Fact]
    public void Combine_OnScores_IsTheSameAsOnDenoised()
    {
        const double X = 0.9;
        const double Sigma = 0.4;
        static double Score(double denoised) => (denoised - X) / (Sigma * Sigma);
        Assert.Equal(
            Score(ClassifierFreeGuidance.Combine(0.3, -0.2, 3)), ClassifierFreeGuidance.Combine(Score(0.3), Score(-0.2), 3), 1e-12);
    }

    [Fact]
    public void Apply_ClassGradient_AddsItToTheScore()
    {
        double[] denoised = [0.3, -0.1];
        ClassifierGuidance.Apply(denoised, [2, -4], 0.5, 0.4);
        Assert.Equal(0.3 + (0.16 * 0.5 * 2), denoised[0], 1e-12);
        Assert.Equal(-0.1 - (0.16 * 0.5 * 4), denoised[1], 1e-12);
        Assert.Throws<ArgumentException>(() => ClassifierGuidance.Apply(denoised, [1], 1, 1));
    }
}

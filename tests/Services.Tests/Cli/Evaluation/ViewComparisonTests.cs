using Sjc.Cli.Evaluation;

namespace Sjc.Services.Tests.Cli.Evaluation;

public sealed class ViewComparisonTests
{
    [Fact]
    public void SilhouetteIou_HalfOverlap_IsOneThird() =>
        Assert.Equal(1.0 / 3, ViewComparison.SilhouetteIou([0.9f, 0.6f, 0.4f, 0f], [1f, 0f, 1f, 0f]), 1e-12);

    [Fact]
    public void SilhouetteIou_BothEmpty_IsOne() =>
        Assert.Equal(1, ViewComparison.SilhouetteIou([0.5f, 0f], [0f, 0.5f]));

    [Fact]
    public void ForegroundPsnr_ConstantErrorOfATenthOfTheRange_IsTwentyDecibels()
    {
        // Two pixels, the second background: its error does not count.
        float[] truth = [0f, 0f, 0f, 0f, 0f, 0f];
        float[] image = [0.2f, 1f, -0.2f, 1f, 0.2f, 1f];

        Assert.Equal(20, ViewComparison.ForegroundPsnr(image, truth, [1f, 0f]), 1e-5); // float32 values
    }
}

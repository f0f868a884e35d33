using Sjc.Diffusion.Shapes;
using Sjc.Numerics;

namespace Sjc.Diffusion.Tests.Shapes;

public sealed class ShapeViewWordsTests
{
    // The conventions: azimuth 0 sees the front; at 90 the eye stands at +z, which is the left of what faces −x.
    [Theory]
    [InlineData(0, 0, "front view")]
    [InlineData(359, 24, "front view")]
    [InlineData(45, 0, "front left view")]
    [InlineData(90, 10, "left side view")]
    [InlineData(180, 30, "back view from above")]
    [InlineData(270, 54, "right side view from above")]
    [InlineData(315, 80, "front right view from high above")]
    public void Words_View_NamesSectorAndBand(double azimuth, double elevation, string expected) =>
        Assert.Equal(expected, ShapeViewWords.Wording.Words(azimuth, elevation));

    [Fact]
    public void IndexOf_EveryView_IsThePlaceOfItsWords()
    {
        for (uint i = 0; i < 200; i++)
        {
            ShapeView view = ShapeView.Draw(new RandomKey(3, RandomStream.Pictures, i));
            Assert.Equal(view.Words, ShapeViewWords.All[ShapeViewWords.IndexOf(view.AzimuthDegrees, view.ElevationDegrees)]);
        }
    }

    [Fact]
    public void Draw_ManyViews_AreUniformInAzimuthAndInTheSineOfElevation()
    {
        const int Count = 4000;
        ShapeView[] views = [.. Enumerable.Range(0, Count).Select(i => ShapeView.Draw(new RandomKey(5, RandomStream.Pictures, (uint)i)))];
        double[] heights = [.. views.Select(view => Math.Sin(double.DegreesToRadians(view.ElevationDegrees)))];

        // 1 − 2v/π for v uniform in [0, 100°]: uniform in [1 − 10/9, 1]. Four standard errors.
        Assert.Equal(180, views.Average(view => view.AzimuthDegrees), 4 * 360 / Math.Sqrt(12 * Count));
        Assert.Equal(1 - (5.0 / 9), heights.Average(), 4 * (10.0 / 9) / Math.Sqrt(12 * Count));
        Assert.InRange(heights.Min(), 1 - (10.0 / 9) - 1e-9, -0.1);
        Assert.All(views, view => Assert.InRange(view.FieldOfViewDegrees, ShapeView.MinFieldOfViewDegrees, ShapeView.MaxFieldOfViewDegrees));
    }
}

using Sjc.RadianceField.Cameras;

namespace Sjc.RadianceField.Tests.Cameras;

public sealed class ViewWordingTests
{
    private static readonly ViewWording Eight = new(
        "{prompt}, {view}",
        [
            new ViewBand(25, ["0", "1", "2", "3", "4", "5", "6", "7"]),
            new ViewBand(55, ["m0", "m1", "m2", "m3"]),
            new ViewBand(90, ["top"]),
        ]);

    [Theory]
    [InlineData(0, 0, "0")]
    [InlineData(22.4, 0, "0")]
    [InlineData(22.5, 0, "1")]
    [InlineData(337.4, 0, "7")]
    [InlineData(337.5, 0, "0")]
    [InlineData(-45, 25, "7")]
    [InlineData(720 + 90, 10, "2")]
    [InlineData(44.9, 25.1, "m0")]
    [InlineData(45, 55, "m1")]
    [InlineData(123, 55.1, "top")]
    [InlineData(123, -80, "3")]
    public void View_DirectionNearEdges_FallsInItsSector(double azimuth, double elevation, string expected) =>
        Assert.Equal(expected, Eight.View(azimuth, elevation));

    [Fact]
    public void Compose_Template_HoldsBothWords() => Assert.Equal("a car, top", Eight.Compose("top", "a car"));
}

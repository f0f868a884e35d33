namespace Sjc.Diffusion.Tests;

public sealed class ViewWordingTests
{
    [Theory]
    [InlineData(0, 0, "front view")]
    [InlineData(44.9, 0, "front view")]
    [InlineData(45.1, 0, "side view")]
    [InlineData(135.1, 0, "backside view")]
    [InlineData(225.1, 0, "side view")]
    [InlineData(314.9, 0, "side view")]
    [InlineData(315.1, 0, "front view")]
    [InlineData(-44.9, 0, "front view")]
    [InlineData(720 + 180, -30, "backside view")]
    [InlineData(0, 41.81, "front view")]
    [InlineData(0, 41.82, "overhead view")]
    [InlineData(123, 90, "overhead view")]
    public void Words_ReferenceWording_FollowsAzimuthAndElevation(double azimuth, double elevation, string expected) =>
        Assert.Equal(expected, ViewWording.Reference.Words(azimuth, elevation));

    [Fact]
    public void Compose_Template_PutsBothIn() => Assert.Equal("front view of a red car", ViewWording.Reference.Compose("front view", "a red car"));

    [Fact]
    public void Constructor_BadTemplateOrBands_Throws()
    {
        ElevationBand top = new(90, ["top"]);
        Assert.Throws<ArgumentException>(() => new ViewWording("{view}", [top]));
        Assert.Throws<ArgumentException>(() => new ViewWording("{view} of {prompt}", []));
        Assert.Throws<ArgumentException>(() => new ViewWording("{view} of {prompt}", [new ElevationBand(80, ["low"])]));
        Assert.Throws<ArgumentException>(() => new ViewWording("{view} of {prompt}", [new ElevationBand(20, ["a"]), new ElevationBand(20, ["b"]), top]));
        Assert.Throws<ArgumentException>(() => new ElevationBand(91, ["a"]));
        Assert.Throws<ArgumentException>(() => new ElevationBand(90, []));
    }
}

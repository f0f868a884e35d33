using Sjc.Cli.Pictures;

namespace Sjc.Services.Tests.Cli.Pictures;

public sealed class PlotAxisTests
{
    [Theory]
    [InlineData(0.0, 10.0, false)]
    [InlineData(0.0123, 0.0129, false)]
    [InlineData(0.5, 8.0, true)]
    [InlineData(1e-5, 1e3, true)]
    [InlineData(3.0, 3.0, false)]
    public void Ticks_AnyRange_AreRoundDistinctAndInside(double low, double high, bool logarithmic)
    {
        PlotAxis axis = PlotAxis.Covering([low, high], logarithmic);

        (double Value, string Label)[] ticks = [.. axis.Ticks(5)];

        Assert.InRange(ticks.Length, 2, 12);
        Assert.All(ticks, tick => Assert.InRange(axis.Position(tick.Value), 0, 1));
        Assert.Equal(ticks.Length, ticks.Select(tick => tick.Label).Distinct().Count());
    }

    [Fact]
    public void Position_Logarithmic_EqualRatiosAreEqualDistances()
    {
        PlotAxis axis = PlotAxis.Covering([1, 100], logarithmic: true);

        Assert.Equal(axis.Position(10) - axis.Position(1), axis.Position(100) - axis.Position(10), 12);
        Assert.True(double.IsNaN(axis.Position(0)));
    }
}

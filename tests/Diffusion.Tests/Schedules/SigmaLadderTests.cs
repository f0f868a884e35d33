using Sjc.Diffusion.Schedules;

namespace Sjc.Diffusion.Tests.Schedules;

public sealed class SigmaLadderTests
{
    private static readonly SigmaLadder Ladder = new([8, 4, 2, 1]);

    [Theory]
    [InlineData(100, 0)]
    [InlineData(8, 0)]
    [InlineData(6.1, 0)]
    [InlineData(6, 0)] // a tie: the first
    [InlineData(5.9, 1)]
    [InlineData(3, 1)] // a tie: the first
    [InlineData(1.4, 3)]
    [InlineData(0.001, 3)]
    public void Snap_Level_GivesTheNearestEntry(double sigma, int expected) => Assert.Equal((expected, Ladder.Sigmas[expected]), Ladder.Snap(sigma));

    [Fact]
    public void Timestep_ChainAndNcsn_CountFromOppositeEnds()
    {
        Assert.Equal([3, 2, 1, 0], Enumerable.Range(0, 4).Select(Ladder.Timestep));
        Assert.Equal([0, 1], Enumerable.Range(0, 2).Select(new SigmaLadder([2, 1], timestepsDescend: false).Timestep));
    }

    [Theory]
    [InlineData()]
    [InlineData(1.0, 1.0)]
    [InlineData(1.0, 2.0)]
    [InlineData(1.0, 0.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Constructor_NotDescendingOrPositive_Throws(params double[] sigmas) => Assert.Throws<ArgumentException>(() => new SigmaLadder(sigmas));

    [Fact]
    public void FromBetas_OneStep_IsTheRatioOfNoiseToSignal() => Assert.Equal(Math.Sqrt(0.2 / 0.8), SigmaLadder.FromBetas([0.2]).SigmaMax, 1e-15);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(33)]
    public void NoiseLevels_AnyCount_DescendFromMaxToMin(int count)
    {
        foreach (double[] levels in (double[][])[NoiseLevels.Karras(80, 0.002, count), NoiseLevels.Geometric(80, 0.002, count)])
        {
            Assert.Equal(count, levels.Length);
            Assert.Equal(80, levels[0], 1e-10);
            Assert.Equal(count == 1 ? 80 : 0.002, levels[^1], 1e-10);
            Assert.Equal(levels.OrderDescending(), levels);
        }
    }

    [Theory]
    [InlineData(1, 2, 3)]
    [InlineData(2, 0, 3)]
    [InlineData(2, 1, 0)]
    [InlineData(double.PositiveInfinity, 1, 3)]
    public void NoiseLevels_BadRange_Throws(double sigmaMax, double sigmaMin, int count)
    {
        Assert.Throws<ArgumentException>(() => NoiseLevels.Karras(sigmaMax, sigmaMin, count));
        Assert.Throws<ArgumentException>(() => NoiseLevels.Geometric(sigmaMax, sigmaMin, count));
        Assert.Throws<ArgumentException>(() => NoiseLevels.Karras(2, 1, 3, rho: 0));
    }
}

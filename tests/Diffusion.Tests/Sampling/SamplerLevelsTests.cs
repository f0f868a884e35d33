using Sjc.Diffusion.Sampling;
using Sjc.Diffusion.Schedules;

namespace Sjc.Diffusion.Tests.Sampling;

public sealed class SamplerLevelsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(50)]
    public void Chain_NoLadder_DescendsEvenlyInTheTimeOfTheSde(int steps)
    {
        double[] levels = SamplerLevels.Chain(80, 0.01, steps, ladder: null);

        Assert.Equal(steps, levels.Length);
        Assert.Equal(80, levels[0]);
        Assert.Equal(steps == 1 ? 80 : 0.01, levels[^1]);
        double[] times = [.. levels.Select(VariancePreservingTime.FromSigma)];
        double gap = (times[0] - times[^1]) / Math.Max(1, steps - 1);
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.Equal(gap, pair.First - pair.Second, 1e-9));
    }

    [Fact]
    public void Chain_Ladder_TakesEvenlySpacedEntriesFromEndToEnd()
    {
        SigmaLadder ladder = SigmaLadder.StableDiffusion;

        double[] levels = SamplerLevels.Chain(ladder.SigmaMax, ladder.SigmaMin, 4, ladder);

        Assert.Equal([ladder.Sigmas[0], ladder.Sigmas[333], ladder.Sigmas[666], ladder.Sigmas[999]], levels);
    }

    [Fact]
    public void Chain_MoreStepsThanEntries_TakesEachOnce()
    {
        SigmaLadder ladder = new([8, 4, 2, 1]);

        Assert.Equal([8, 4, 2, 1], SamplerLevels.Chain(8, 1, 100, ladder));
        Assert.Equal([8, 4, 2, 1], SamplerLevels.Karras(8, 1, 100, ladder));
        Assert.Equal([4, 2], SamplerLevels.Geometric(4, 2, 100, ladder));
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(1.0)]
    [InlineData(152.0)]
    public void VariancePreservingTime_ThereAndBack_IsTheSame(double sigma) =>
        Assert.Equal(1, VariancePreservingTime.ToSigma(VariancePreservingTime.FromSigma(sigma)) / sigma, 1e-9);

    /// <summary>The ladder of Ho et al. 2020 is the SDE in 1000 steps: its greatest level is near that of time 1.</summary>
    [Fact]
    public void VariancePreservingTime_One_IsTheChainsEnd() =>
        Assert.Equal(1, SigmaLadder.GuidedDiffusionLinear.SigmaMax / VariancePreservingTime.ToSigma(1), 0.05);
}

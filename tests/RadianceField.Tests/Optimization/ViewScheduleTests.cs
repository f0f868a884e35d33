using Sjc.RadianceField.Optimization;

namespace Sjc.RadianceField.Tests.Optimization;

public sealed class ViewScheduleTests
{
    [Fact]
    public void Plan_LogUniform_StaysInItsAnnealedRange()
    {
        SjcOptions options = TestRun.Options with { Iterations = 400, SigmaMin = 0.5, SigmaMaxStart = 8, SigmaMaxEnd = 1, RenderSize = 16 };
        ViewSchedule schedule = new(options);
        double[] sigmas = [.. Enumerable.Range(0, 400).Select(i => schedule.At(i, 0).Sigma)];

        Assert.All(sigmas.Index(), draw => Assert.InRange(draw.Item, 0.5, 8 * Math.Pow(1 / 8.0, draw.Index / 399.0)));

        // Log-uniform: half of the first draws lie over the geometric mean of 0.5 and about 7.6; 100 fair draws miss 50 by over 20 once in 10⁴.
        Assert.InRange(sigmas[..100].Index().Count(draw => draw.Item > Math.Sqrt(0.5 * 8 * Math.Pow(1 / 8.0, draw.Index / 399.0))), 30, 70);
    }

    [Fact]
    public void Plan_Ladder_LeavesOutTheEnds()
    {
        double[] ladder = [.. Enumerable.Range(0, 50).Select(i => 50.0 - i)];
        ViewSchedule schedule = new(TestRun.Options with { SigmaDistribution = SigmaDistribution.Ladder, SigmaLadder = ladder });

        HashSet<double> drawn = [.. Enumerable.Range(0, 500).Select(i => schedule.At(i, 0).Sigma)];

        Assert.Equal(ladder[30..40].ToHashSet(), drawn);
    }

    [Fact]
    public void Plan_SameKey_IsTheSameViewAndOthersDiffer()
    {
        ViewSchedule schedule = new(TestRun.Options);

        Assert.Equal(schedule.At(3, 1), new ViewSchedule(TestRun.Options).At(3, 1));
        Assert.NotEqual(schedule.At(3, 1).AzimuthDegrees, schedule.At(3, 0).AzimuthDegrees);
        Assert.NotEqual(schedule.At(3, 1).Sigma, schedule.At(4, 1).Sigma);
        Assert.InRange(schedule.At(3, 1).RayOffset, 0, 1);
        Assert.Equal(0, new ViewSchedule(TestRun.Options with { RandomRayOffset = false }).At(3, 1).RayOffset);
    }
}

using System.Diagnostics;

namespace Sjc.Benchmarks.Rendering;

/// <summary>One thread and two on the same scene, by turns, on the wall's clock.</summary>
internal sealed class ThreadComparison(RenderBenchmarkScene scene) : IDisposable
{
    private readonly ProductContestant one = new(scene, 1, WallMilliseconds);
    private readonly ProductContestant two = new(scene, 2, WallMilliseconds);
    private readonly List<double> oneThread = [];
    private readonly List<double> twoThreads = [];

    /// <summary>One iteration of each.</summary>
    public void Iterate(bool isMeasured)
    {
        (double single, double pair) = (one.Iterate(RenderBenchmark.LearningRate).Total, two.Iterate(RenderBenchmark.LearningRate).Total);
        if (isMeasured)
        {
            oneThread.Add(single);
            twoThreads.Add(pair);
        }
    }

    /// <summary>Median of one thread over median of two.</summary>
    public double Speedup() => Statistics.Median(oneThread) / Statistics.Median(twoThreads);

    public void Dispose()
    {
        one.Dispose();
        two.Dispose();
    }

    private static double WallMilliseconds() => Stopwatch.GetTimestamp() * 1e3 / Stopwatch.Frequency;
}

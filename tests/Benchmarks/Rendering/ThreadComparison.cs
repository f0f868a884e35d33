using System.Diagnostics;

namespace Sjc.Benchmarks.Rendering;

/// <summary>One thread and two on the same scene, in blocks of iterations by turns: as in a run, an iteration finds in the caches what the
/// one before left there.</summary>
internal sealed class ThreadComparison(RenderBenchmarkScene scene) : IDisposable
{
    /// <summary>Iterations of a block that are not measured: they still find what the other contestant left.</summary>
    private const int Settling = 2;

    private const int MaxBlock = 10;

    /// <summary>How long a block is meant to take.</summary>
    private const double BlockMilliseconds = 60;

    private readonly ProductContestant one = new(scene, 1, RenderBenchmark.ProcessorMilliseconds);
    private readonly ProductContestant two = new(scene, 2, WallMilliseconds);
    private readonly List<double> oneThread = [];
    private readonly List<double> twoThreads = [];
    private readonly List<StageTimes> stages = [];

    /// <summary>The contestant with one thread.</summary>
    public ProductContestant One => one;

    /// <summary>Its iterations' stages, processor time.</summary>
    public IReadOnlyList<StageTimes> Stages => stages;

    /// <summary>One block of each.</summary>
    public void Run()
    {
        RunBlock(one, oneThread, stages);
        RunBlock(two, twoThreads, []);
    }

    /// <summary>One thread over two on the wall's clock, each by the lower quartile of its iterations: a virtual machine loses a core to
    /// others for milliseconds at a time, and its system is not told.</summary>
    public double Speedup() => Statistics.Percentile(oneThread, 0.25) / Statistics.Percentile(twoThreads, 0.25);

    public void Dispose()
    {
        one.Dispose();
        two.Dispose();
    }

    private static void RunBlock(ProductContestant contestant, List<double> walls, List<StageTimes> stages)
    {
        double expected = BlockMilliseconds;
        for (int i = -Settling; i < Math.Clamp(BlockMilliseconds / expected, 1, MaxBlock); i++)
        {
            double start = WallMilliseconds();
            StageTimes times = contestant.Iterate(RenderBenchmark.LearningRate);
            expected = WallMilliseconds() - start;
            if (i >= 0)
            {
                walls.Add(expected);
                stages.Add(times);
            }
        }
    }

    private static double WallMilliseconds() => Stopwatch.GetTimestamp() * 1e3 / Stopwatch.Frequency;
}

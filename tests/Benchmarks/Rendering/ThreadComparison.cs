namespace Sjc.Benchmarks.Rendering;

/// <summary>One thread and two on the same scene, in blocks of iterations by turns.</summary>
internal sealed class ThreadComparison(RenderBenchmarkScene scene) : IDisposable
{
    private readonly ProductContestant one = new(scene, 1, RenderBenchmark.ProcessorMilliseconds);
    private readonly ProductContestant two = new(scene, 2, IterationBlock.WallMilliseconds);
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
        IterationBlock.Run(one, stages, oneThread);
        IterationBlock.Run(two, [], twoThreads);
    }

    /// <summary>One thread over two on the wall's clock, each by the lower quartile of its iterations: a virtual machine loses a core to
    /// others for milliseconds at a time, and its system is not told.</summary>
    public double Speedup() => Statistics.Percentile(oneThread, 0.25) / Statistics.Percentile(twoThreads, 0.25);

    public void Dispose()
    {
        one.Dispose();
        two.Dispose();
    }
}

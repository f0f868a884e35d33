using System.Diagnostics;

namespace Sjc.Benchmarks.Rendering;

/// <summary>What a second core of this machine gives at the moment, whatever it has to do: two loops of arithmetic in registers at once against one.</summary>
internal sealed class CoreProbe
{
    private const int Iterations = 6_000_000;

    private readonly List<double> alone = [];
    private readonly List<double> together = [];

    /// <summary>One loop, then two.</summary>
    public void Run()
    {
        alone.Add(Time(MachinePeak.Work));
        together.Add(Time(iterations =>
        {
            Thread other = new(() => MachinePeak.Work(iterations));
            other.Start();
            MachinePeak.Work(iterations);
            other.Join();
        }));
    }

    /// <summary>2 where both cores are free, 1 where there is only one.</summary>
    public double FreeCores() => 2 * Statistics.Percentile(alone, 0.25) / Statistics.Percentile(together, 0.25);

    private static double Time(Action<int> work)
    {
        long start = Stopwatch.GetTimestamp();
        work(Iterations);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}

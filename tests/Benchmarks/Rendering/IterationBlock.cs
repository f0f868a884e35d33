using System.Diagnostics;

namespace Sjc.Benchmarks.Rendering;

/// <summary>Iterations of one contestant after one another: as in a run, an iteration finds in the caches what the one before left there.</summary>
internal static class IterationBlock
{
    /// <summary>Iterations that are not measured: they still find what another contestant left.</summary>
    private const int Settling = 2;

    private const int MostIterations = 10;

    /// <summary>How long a block is meant to take.</summary>
    private const double BlockMilliseconds = 60;

    /// <summary>Runs a block.</summary>
    /// <param name="contestant">Whose.</param>
    /// <param name="stages">Receives the stages of measured iterations, on the contestant's clock.</param>
    /// <param name="walls">Receives whole measured iterations, milliseconds on the wall's clock.</param>
    public static void Run(ProductContestant contestant, List<StageTimes> stages, List<double> walls)
    {
        double expected = BlockMilliseconds;
        for (int i = -Settling; i < Math.Clamp(BlockMilliseconds / expected, 1, MostIterations); i++)
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

    /// <summary>The wall's clock.</summary>
    public static double WallMilliseconds() => Stopwatch.GetTimestamp() * 1e3 / Stopwatch.Frequency;
}

using Sjc.Diffusion;

namespace Sjc.Benchmarks.Rendering;

/// <summary>The renderer over sizes of grids and views: stages, ratio to op-by-op libtorch, share of the machine's peaks, and what a
/// second thread brings. Cases are named grid/view/state.</summary>
public static class FullRenderBenchmark
{
    /// <summary>Blocks of iterations per case.</summary>
    public const int StandardRounds = 9;

    /// <summary>libtorch keeps some hundred bytes per sample for its backward pass: beyond this it is left out.</summary>
    private const double MaxLibtorchSamples = 6e6;

    /// <summary>Rounds of which one has libtorch, too.</summary>
    private const int LibtorchEvery = 4;

    private static readonly int[] GridSides = [64, 100, 200];
    private static readonly int[] ImageSides = [64, 128, 256];

    /// <summary>Runs all cases; takes some minutes.</summary>
    /// <param name="rounds">Blocks of iterations per case, with one thread and with two; every fourth has an iteration of libtorch, too.</param>
    /// <param name="cancellationToken">Stops between iterations.</param>
    /// <exception cref="InvalidOperationException">The product and libtorch computed different images or gradients.</exception>
    public static IEnumerable<RenderFigure> Run(int rounds, CancellationToken cancellationToken)
    {
        TorchRuntime.Initialize(1);
        double triad = MachinePeak.MeasureTriadBytesPerSecond();
        double operations = MachinePeak.MeasureOperationsPerSecond();
        yield return new("machine", "triad", triad / 1e9, "GB/s");
        yield return new("machine", "fma_peak", operations / 1e9, "Gop/s");
        foreach (int grid in GridSides)
        {
            foreach (int image in ImageSides)
            {
                foreach (RenderBenchmarkScene scene in RenderBenchmarkScene.All(grid, image))
                {
                    foreach (RenderFigure figure in RunScene(scene, rounds, triad, operations, cancellationToken))
                    {
                        yield return figure;
                    }
                }
            }
        }
    }

    private static IEnumerable<RenderFigure> RunScene(RenderBenchmarkScene scene, int rounds, double triad, double peak, CancellationToken cancellationToken)
    {
        using ThreadComparison threads = new(scene);
        using LibtorchRenderer? libtorch = SampleCount(scene) <= MaxLibtorchSamples ? new(scene, RenderBenchmark.LearningRate) : null;
        if (libtorch is not null)
        {
            _ = RenderBenchmark.Compare(scene, threads.One, libtorch);
        }

        CoreProbe cores = new();
        List<double> libtorchTimes = [];
        for (int round = 0; round < rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            cores.Run();
            threads.Run();
            if (round % LibtorchEvery == 0 && libtorch is not null)
            {
                double start = RenderBenchmark.ProcessorMilliseconds();
                libtorch.Differentiate(keepImage: false);
                libtorch.Step();
                libtorchTimes.Add(RenderBenchmark.ProcessorMilliseconds() - start);
            }
        }

        string name = $"{scene.GridSide}/{scene.ImageSide}/{scene.Name}";
        return
        [
            .. Figures(name, threads.Stages, libtorchTimes, threads.One.CountWork(), triad, peak),
            new(name, "thread_speedup", threads.Speedup(), string.Empty),
            new(name, "free_cores", cores.FreeCores(), string.Empty),
        ];
    }

    private static IEnumerable<RenderFigure> Figures(string name, IReadOnlyList<StageTimes> times, List<double> libtorchTimes, RenderWork work, double triad, double peak)
    {
        double total = Statistics.Median(times.Select(stages => stages.Total));
        if (libtorchTimes.Count > 0)
        {
            double theirs = Statistics.Median(libtorchTimes);
            yield return new(name, "libtorch", theirs, "ms");
            yield return new(name, "ratio_to_libtorch", theirs / total, string.Empty);
        }

        yield return new(name, "sjc", total, "ms");
        yield return new(name, "forward", Statistics.Median(times.Select(stages => stages.Forward)), "ms");
        yield return new(name, "adjoint", Statistics.Median(times.Select(stages => stages.Backward)), "ms");
        yield return new(name, "scatter_adamax", Statistics.Median(times.Select(stages => stages.Step)), "ms");
        yield return new(name, "bytes_of_triad", work.Bytes / (total / 1e3) / triad, string.Empty);
        yield return new(name, "operations_of_peak", work.Operations / (total / 1e3) / peak, string.Empty);
    }

    /// <summary>Rays times the samples of the longest.</summary>
    private static double SampleCount(RenderBenchmarkScene scene) =>
        scene.Far.Zip(scene.Near, (far, near) => Math.Max(0, far - near)).Max() * scene.GridSide / 2 / RenderBenchmarkScene.StepRatio * scene.Near.Length;
}

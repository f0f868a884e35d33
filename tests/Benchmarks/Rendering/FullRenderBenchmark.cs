using System.Diagnostics;
using Sjc.Diffusion;

namespace Sjc.Benchmarks.Rendering;

/// <summary>The renderer over sizes of grids and views: stages, ratio to op-by-op libtorch, share of the machine's peaks, and what a
/// second thread brings. Cases are named grid/view/state.</summary>
public static class FullRenderBenchmark
{
    /// <summary>libtorch keeps some hundred bytes per sample for its backward pass: beyond this it is left out.</summary>
    private const double MaxLibtorchSamples = 6e6;

    private const int WarmUpRuns = 4;
    private const int Rounds = 9;

    private static readonly int[] GridSides = [64, 100, 200];
    private static readonly int[] ImageSides = [64, 128, 256];

    /// <summary>Runs all cases; takes some minutes.</summary>
    /// <exception cref="InvalidOperationException">The product and libtorch computed different images or gradients.</exception>
    public static IEnumerable<RenderFigure> Run(CancellationToken cancellationToken)
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
                    foreach (RenderFigure figure in RunScene(scene, triad, operations, cancellationToken))
                    {
                        yield return figure;
                    }
                }
            }
        }
    }

    private static List<RenderFigure> RunScene(RenderBenchmarkScene scene, double triad, double peak, CancellationToken cancellationToken)
    {
        string name = $"{scene.GridSide}/{scene.ImageSide}/{scene.Name}";
        double samples = scene.Far.Zip(scene.Near, (far, near) => Math.Max(0, far - near)).Max()
            * scene.GridSide / 2 / RenderBenchmarkScene.StepRatio * scene.Near.Length;
        List<RenderFigure> figures = [];
        List<double> libtorchTimes = [];
        List<StageTimes> times = [];
        List<double> oneThread = [];
        List<double> twoThreads = [];
        using ProductContestant product = new(scene, 1, RenderBenchmark.ProcessorMilliseconds);
        using ProductContestant single = new(scene, 1, WallMilliseconds);
        using ProductContestant pair = new(scene, 2, WallMilliseconds);
        using LibtorchRenderer? libtorch = samples <= MaxLibtorchSamples ? new(scene, RenderBenchmark.LearningRate) : null;
        if (libtorch is not null)
        {
            _ = RenderBenchmark.Compare(scene, product, libtorch);
        }

        for (int round = -WarmUpRuns; round < Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            StageTimes stages = product.Iterate(RenderBenchmark.LearningRate);
            (double one, double two) = (single.Iterate(RenderBenchmark.LearningRate).Total, pair.Iterate(RenderBenchmark.LearningRate).Total);
            if (round < 0)
            {
                continue;
            }

            times.Add(stages);
            oneThread.Add(one);
            twoThreads.Add(two);
            if (round % 4 == 0 && libtorch is not null)
            {
                double start = RenderBenchmark.ProcessorMilliseconds();
                libtorch.Differentiate(keepImage: false);
                libtorch.Step();
                libtorchTimes.Add(RenderBenchmark.ProcessorMilliseconds() - start);
            }
        }

        double total = RenderBenchmark.Median([.. times.Select(stages => stages.Total)]);
        if (libtorchTimes.Count > 0)
        {
            double theirs = RenderBenchmark.Median(libtorchTimes);
            figures.Add(new(name, "libtorch", theirs, "ms"));
            figures.Add(new(name, "ratio_to_libtorch", theirs / total, string.Empty));
        }

        RenderWork work = product.CountWork();
        figures.Add(new(name, "sjc", total, "ms"));
        figures.Add(new(name, "forward", RenderBenchmark.Median([.. times.Select(stages => stages.Forward)]), "ms"));
        figures.Add(new(name, "adjoint", RenderBenchmark.Median([.. times.Select(stages => stages.Backward)]), "ms"));
        figures.Add(new(name, "scatter_adamax", RenderBenchmark.Median([.. times.Select(stages => stages.Step)]), "ms"));
        figures.Add(new(name, "bytes_of_triad", work.Bytes / (total / 1e3) / triad, string.Empty));
        figures.Add(new(name, "operations_of_peak", work.Operations / (total / 1e3) / peak, string.Empty));
        figures.Add(new(name, "thread_speedup", RenderBenchmark.Median(oneThread) / RenderBenchmark.Median(twoThreads), string.Empty));
        return figures;
    }

    private static double WallMilliseconds() => Stopwatch.GetTimestamp() * 1e3 / Stopwatch.Frequency;
}

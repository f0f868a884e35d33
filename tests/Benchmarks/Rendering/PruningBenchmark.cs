using Sjc.RadianceField.Fields;

namespace Sjc.Benchmarks.Rendering;

/// <summary>One iteration of training of a pruned field against one of the whole field, in processor time and by turns.</summary>
internal static class PruningBenchmark
{
    private const int Rounds = 15;

    /// <summary>Until the just-in-time compiler has made its best of what only pruned fields need.</summary>
    private const double WarmUpMilliseconds = 1000;

    /// <summary>Runs one state of the field, unless the mask would hide all of it, as it does fog.</summary>
    /// <returns>Medians in milliseconds, how many times faster the pruned field is, and the part of voxels that the mask leaves.</returns>
    public static IEnumerable<RenderFigure> Run(RenderBenchmarkScene scene, CancellationToken cancellationToken)
    {
        AlphaMask mask = AlphaMask.FromField(scene.MakeField());
        if (mask.VisibleCount == 0)
        {
            yield break;
        }

        using ProductContestant whole = new(scene, 1, RenderBenchmark.ProcessorMilliseconds);
        using ProductContestant pruned = new(scene, 1, RenderBenchmark.ProcessorMilliseconds) { Mask = mask };
        List<double> wholeTimes = [];
        List<double> prunedTimes = [];
        double start = IterationBlock.WallMilliseconds();
        while (wholeTimes.Count < Rounds)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double wholeTime = whole.Iterate(RenderBenchmark.LearningRate).Total;
            double prunedTime = pruned.Iterate(RenderBenchmark.LearningRate).Total;
            if (IterationBlock.WallMilliseconds() - start > WarmUpMilliseconds)
            {
                wholeTimes.Add(wholeTime);
                prunedTimes.Add(prunedTime);
            }
        }

        double ours = Statistics.Median(prunedTimes);
        yield return new(scene.Name, "pruned", ours, "ms");
        yield return new(scene.Name, "pruning_speedup", Statistics.Median(wholeTimes) / ours, string.Empty);
        yield return new(scene.Name, "visible_voxels", (double)mask.VisibleCount / mask.Grid.VoxelCount, string.Empty);
    }
}

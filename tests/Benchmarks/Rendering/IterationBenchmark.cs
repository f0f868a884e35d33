using Microsoft.Extensions.Logging.Abstractions;
using Sjc.Contracts.Field.V1;
using Sjc.Contracts.Score.V1;
using Sjc.FieldOptimizer.Jobs;
using Sjc.RadianceField.Optimization;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering;

namespace Sjc.Benchmarks.Rendering;

/// <summary>The optimizer's own loop over a job of 100³ voxels and 64×64 pixels with a scorer that answers at once: what cameras, requests,
/// bookkeeping, progress and previews take, as a fraction of the renderer's time. In processor time of one thread; checkpoints are left out.</summary>
internal static class IterationBenchmark
{
    private const int WarmUpIterations = 20;
    private const int MeasuredIterations = 100;

    /// <summary>Runs one state of the field.</summary>
    public static IEnumerable<RenderFigure> Run(RenderBenchmarkScene scene, CancellationToken cancellationToken)
    {
        JobRecord record = Record();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("sjc-bench-");
        try
        {
            using JobStore store = new(folder.FullName, NullLogger<JobStore>.Instance);
            store.TryCreate(record);
            LiveJob job = new(record, store, TimeProvider.System);
            List<(double Now, double Rendered)> marks = [];
            TimedRenderer? renderer = null;
            InstantScorer scorer = new(scene.ImageGradient, () => marks.Add((RenderBenchmark.ProcessorMilliseconds(), renderer!.Milliseconds)));
            JobLoop loop = new(job, store, scorer, TimeProvider.System, SpecOptions.ToSjcOptions(record.Spec, record.Model, threads: 1), options => Begin(options, scene, made => renderer = made));
            loop.Run(cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            double total = marks[^1].Now - marks[WarmUpIterations].Now;
            double rendered = marks[^1].Rendered - marks[WarmUpIterations].Rendered;
            string name = $"{scene.GridSide}/{scene.ImageSide}/{scene.Name}";
            return
            [
                new(name, "iteration", total / MeasuredIterations, "ms"),
                new(name, "iteration_overhead", (total - rendered) / rendered, string.Empty),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static SjcOptimization Begin(SjcOptions options, RenderBenchmarkScene scene, Action<TimedRenderer> made)
    {
        Sjc.RadianceField.Fields.VoxelField start = scene.MakeField();
        return new(options, start, new AdamaxState(start), 0, (field, state, views) =>
        {
            VoxelRenderer voxels = new(options.Threads);
            TimedRenderer renderer = new(new CpuTrainingRenderer(voxels, field, state, views), voxels);
            made(renderer);
            return renderer;
        });
    }

    private static JobRecord Record()
    {
        Model model = new()
        {
            Name = "instant",
            DataShape = { RenderBenchmarkScene.Channels, RenderBenchmarkScene.StandardImageSide, RenderBenchmarkScene.StandardImageSide },
            DataSpace = DataSpace.Latent,
            Conditioning = ConditioningKind.Prompt,
            SigmaMin = 0.03,
            SigmaMax = 14,
        };
        JobSpec asked = new()
        {
            Prompt = "a red car",
            Iterations = WarmUpIterations + MeasuredIterations + 1,
            CheckpointEvery = WarmUpIterations + MeasuredIterations + 1,
            Field = new FieldSpec { GridSize = RenderBenchmarkScene.StandardGridSide },
            Optimizer = new OptimizerSpec { LearningRate = RenderBenchmark.LearningRate },
        };
        return new JobRecord
        {
            Id = "bench",
            RequestId = "",
            RequestedSpec = asked,
            Spec = SpecResolver.Resolve(asked, model),
            Model = model,
            Status = JobStatus.Created,
            CreateTime = DateTimeOffset.UnixEpoch,
            UpdateTime = DateTimeOffset.UnixEpoch,
        };
    }
}

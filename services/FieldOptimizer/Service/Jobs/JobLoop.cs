using System.Diagnostics;
using Sjc.Client;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Field.V1;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensors;
using Sjc.FieldOptimizer.Export;
using Sjc.FieldOptimizer.Scoring;
using Sjc.FieldOptimizer.Telemetry;
using Sjc.Numerics.Safetensors;
using Sjc.RadianceField.Optimization;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>One run of a job's loop on the calling thread: render, ask for the score, step; until all iterations are done or it is told to stop.</summary>
internal sealed class JobLoop
{
    private readonly LiveJob job;
    private readonly JobStore store;
    private readonly ILoopScorer scorer;
    private readonly TimeProvider time;
    private readonly JobSpec spec;
    private readonly Model model;
    private readonly SjcOptions options;
    private readonly Func<SjcOptions, SjcOptimization> begin;
    private readonly RateMeter rate;
    private readonly float[] images;
    private readonly List<LossSample> unwritten = [];
    private double elapsedSeconds;
    private double scoreSeconds;
    private int checkpointIteration = -1;

    /// <param name="job">The job.</param>
    /// <param name="store">Where its checkpoints go.</param>
    /// <param name="scorer">Is asked once per iteration.</param>
    /// <param name="time">Of its progress.</param>
    /// <param name="options">Of the job's spec, and where to render.</param>
    /// <param name="begin">Makes the optimisation of a job without a checkpoint; null: as the options say.</param>
    public JobLoop(LiveJob job, JobStore store, ILoopScorer scorer, TimeProvider time, SjcOptions options, Func<SjcOptions, SjcOptimization>? begin = null)
    {
        this.job = job;
        this.store = store;
        this.scorer = scorer;
        this.time = time;
        this.options = options;
        this.begin = begin ?? (start => new SjcOptimization(start));
        spec = job.Now.Record.Spec;
        model = job.Now.Record.Model;
        rate = new RateMeter(time);
        images = new float[options.ViewsPerIteration * ImageLength];
    }

    private int ImageLength => options.Channels * options.ScorerHeight * options.ScorerWidth;

    /// <summary>Runs until the end, a refusal of the scorer or <paramref name="stop"/>; leaves a checkpoint in each case.</summary>
    /// <returns>What became of the job.</returns>
    public JobCommand Run(CancellationToken stop)
    {
        using SjcOptimization optimization = Restore();
        LiveField field = new(optimization);
        job.Attach(field);
        try
        {
            while (optimization.Iteration < options.Iterations && !stop.IsCancellationRequested)
            {
                Iterate(optimization, field, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The iteration that waited for its score is done again, with the same bits, when the job goes on.
        }
        catch (Exception exception) when (exception is ServiceRefusedException or ServiceUnavailableException)
        {
            SaveCheckpoint(optimization);
            return new JobCommand.Fail(exception.Message);
        }
        finally
        {
            job.Attach(null);
        }

        SaveCheckpoint(optimization);
        return optimization.Iteration < options.Iterations ? new JobCommand.Stop() : new JobCommand.Succeed(optimization.FieldSha256());
    }

    private SjcOptimization Restore()
    {
        if (!store.TryReadCheckpoint(job.Now.Record, out CheckpointRecord? checkpoint, out SafetensorsFile? content))
        {
            // Without a readable checkpoint the job starts again; from the same seed it comes to the same end.
            job.Restart(null);
            return begin(options);
        }

        job.Restart(checkpoint);
        (elapsedSeconds, scoreSeconds) = (checkpoint.ElapsedSeconds, checkpoint.ScoreSeconds);
        checkpointIteration = checkpoint == job.Now.Record.Checkpoint ? checkpoint.Iteration : -1;
        return SjcOptimization.Load(options, content);
    }

    private void Iterate(SjcOptimization optimization, LiveField field, CancellationToken stop)
    {
        long start = time.GetTimestamp();
        int iteration = optimization.Iteration;
        using Activity? span = FieldOptimizerTraces.StartIteration(job.Id, iteration);
        ViewPlan[] plans = [.. Enumerable.Range(0, options.ViewsPerIteration).Select(view => optimization.Plan(iteration, view))];
        using (FieldOptimizerTraces.Source.StartActivity("render"))
        {
            foreach (ViewPlan plan in plans)
            {
                optimization.Render(plan).CopyTo(images.AsSpan(plan.View * ImageLength));
            }
        }

        double[] sigmas = [.. plans.Select(plan => plan.Sigma)];
        string[] prompts = [.. plans.Select(plan => optimization.Prompt(plan, spec.Prompt))];
        long asked = time.GetTimestamp();
        float[] gradient = AskForScore(ScoreRequests.Build(spec, model, iteration, images, sigmas, prompts), stop);
        scoreSeconds += time.GetElapsedTime(asked).TotalSeconds;

        IterationLosses losses = Step(field, gradient);
        elapsedSeconds += time.GetElapsedTime(start).TotalSeconds;
        Report(optimization, new LossSample(optimization.Iteration, sigmas.Average(), losses.ScoreRms, losses.Emptiness, losses.Depth), stop);
        if (optimization.Iteration % spec.CheckpointEvery == 0 && optimization.Iteration < options.Iterations)
        {
            SaveCheckpoint(optimization);
        }
    }

    private static IterationLosses Step(LiveField field, float[] gradient)
    {
        using Activity? span = FieldOptimizerTraces.Source.StartActivity("step");
        return field.Step(gradient);
    }

    private float[] AskForScore(ScoreRequest request, CancellationToken stop)
    {
        ScoreResponse response = scorer.Score(request, stop);
        FieldViolations violations = new();
        int[] shape = [options.ViewsPerIteration, options.Channels, options.ScorerHeight, options.ScorerWidth];
        return TensorCodec.TryDecode(response.Gradient, "gradient", shape, violations, out float[] gradient)
            ? gradient
            : throw new ServiceRefusedException($"The scorer's answer is malformed: {violations.Items[0].Description}");
    }

    private void Report(SjcOptimization optimization, LossSample sample, CancellationToken stop)
    {
        unwritten.Add(sample);
        PreviewPicture? preview = null;
        if (spec.PreviewEvery > 0 && (sample.Iteration % spec.PreviewEvery == 0 || sample.Iteration == options.Iterations))
        {
            preview = Preview(images.AsSpan(0, ImageLength), stop);
            store.SavePreview(job.Id, preview);
        }

        job.Report(new JobProgressValues(optimization.Iteration, rate.Tick(), elapsedSeconds, scoreSeconds, sample), preview);
    }

    /// <summary>The iteration's first picture; of a latent model decoded, or approximated where that cannot be or the job is to stop.</summary>
    private PreviewPicture Preview(ReadOnlySpan<float> image, CancellationToken stop)
    {
        (int height, int width) = (options.ScorerHeight, options.ScorerWidth);
        if (model.DataSpace != DataSpace.Latent)
        {
            return new PreviewPicture(Pictures.Encode(image, options.Channels, height, width, model.ValueMin, model.ValueMax), width, height);
        }

        DecodedPicture decoded = DecodedPicture.None("");
        try
        {
            decoded = scorer.Decode(model, image.ToArray(), height, width, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The iteration is done; what is left of it must not wait.
        }

        return decoded.Pixels is { } pixels
            ? new PreviewPicture(Pictures.Encode(pixels, 3, decoded.Height, decoded.Width, -1, 1), decoded.Width, decoded.Height)
            : new PreviewPicture(Pictures.Encode(LatentColors.Default(options.Channels).OfImage(image), 3, height, width, -1, 1), width, height);
    }

    private void SaveCheckpoint(SjcOptimization optimization)
    {
        if (optimization.Iteration == checkpointIteration)
        {
            return;
        }

        store.OpenLossLog(job.Id).Append(unwritten);
        unwritten.Clear();
        SafetensorsWriter content = new();
        optimization.Save(content);
        job.SaveCheckpoint(optimization.Iteration, elapsedSeconds, scoreSeconds, content);
        checkpointIteration = optimization.Iteration;
    }
}

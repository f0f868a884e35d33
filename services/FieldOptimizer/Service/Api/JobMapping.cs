using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Sjc.Contracts.Field.V1;
using Sjc.FieldOptimizer.Jobs;

namespace Sjc.FieldOptimizer.Api;

/// <summary>Jobs as messages.</summary>
internal static class JobMapping
{
    public static Job ToMessage(this JobSnapshot snapshot)
    {
        JobRecord record = snapshot.Record;
        return new Job
        {
            Id = record.Id,
            Spec = record.Spec,
            State = record.Status.State,
            Progress = ToMessage(snapshot.Progress, record.Spec.Iterations),
            CreateTime = Timestamp.FromDateTimeOffset(record.CreateTime),
            UpdateTime = Timestamp.FromDateTimeOffset(record.UpdateTime),
            Error = record.Status.Error,
            FieldSha256 = record.Status.FieldSha256,
            CheckpointIteration = (uint)(record.Checkpoint?.Iteration ?? 0),
        };
    }

    public static LossPoint ToMessage(this LossSample sample) => new()
    {
        Iteration = (uint)sample.Iteration,
        Losses = ToLosses(sample),
        Sigma = sample.Sigma,
    };

    public static Picture ToMessage(this PreviewPicture preview) => new()
    {
        Png = UnsafeByteOperations.UnsafeWrap(preview.Png),
        Width = (uint)preview.Width,
        Height = (uint)preview.Height,
    };

    private static JobProgress ToMessage(JobProgressValues progress, uint iterations)
    {
        double rate = progress.IterationsPerSecond;
        JobProgress message = new()
        {
            Iteration = (uint)progress.Iteration,
            Iterations = iterations,
            IterationsPerSecond = rate,
            RemainingSeconds = rate > 0 ? (iterations - progress.Iteration) / rate : 0,
            ElapsedSeconds = progress.ElapsedSeconds,
            ScoreSeconds = progress.ScoreSeconds,
        };
        if (progress.Last is { } last)
        {
            message.Losses = ToLosses(last);
            message.Sigma = last.Sigma;
        }

        return message;
    }

    private static JobLosses ToLosses(LossSample sample) => new()
    {
        ScoreRms = sample.ScoreRms,
        Emptiness = sample.Emptiness,
        Depth = sample.Depth,
    };
}

using Sjc.Contracts.Field.V1;
using Sjc.Contracts.Score.V1;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>What is stored of a job. The messages in it are never changed once they are here.</summary>
internal sealed record JobRecord
{
    /// <summary>The job's name, and its folder's.</summary>
    public required string Id { get; init; }

    /// <summary>The caller's name for the creation; empty where it gave none.</summary>
    public required string RequestId { get; init; }

    /// <summary>As the caller wrote it.</summary>
    public required JobSpec RequestedSpec { get; init; }

    /// <summary>With every field filled in.</summary>
    public required JobSpec Spec { get; init; }

    /// <summary>The scorer's model as it was when the job was made: a resumed job must not depend on what a scorer says later.</summary>
    public required Model Model { get; init; }

    public required JobStatus Status { get; init; }

    public required DateTimeOffset CreateTime { get; init; }

    public required DateTimeOffset UpdateTime { get; init; }

    /// <summary>The last checkpoint; null before the first.</summary>
    public CheckpointRecord? Checkpoint { get; init; }

    /// <summary>The one before it, kept for when the last turns out damaged.</summary>
    public CheckpointRecord? PreviousCheckpoint { get; init; }
}

/// <summary>A stored state of the optimisation.</summary>
/// <param name="Iteration">Iterations done.</param>
/// <param name="File">Name within the job's folder.</param>
/// <param name="Sha256">Of the file, lower-case hex.</param>
/// <param name="ElapsedSeconds">Time in iterations up to here.</param>
/// <param name="ScoreSeconds">The part of it spent waiting for the scorer.</param>
internal sealed record CheckpointRecord(int Iteration, string File, string Sha256, double ElapsedSeconds, double ScoreSeconds);

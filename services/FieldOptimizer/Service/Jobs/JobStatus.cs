using Sjc.Contracts.Field.V1;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>Where a job stands in its life. Changed by <see cref="JobTransitions"/> alone.</summary>
/// <param name="State">As clients see it.</param>
/// <param name="Intent">What a running job was asked to become once its loop has stopped; <see cref="StopIntent.None"/> in every other state.</param>
/// <param name="Error">Why it failed; empty in every other state.</param>
/// <param name="FieldSha256">Of the final field, lower-case hex; empty until it has succeeded.</param>
internal sealed record JobStatus(JobState State, StopIntent Intent, string Error, string FieldSha256)
{
    /// <summary>A new job's.</summary>
    public static JobStatus Created { get; } = new(JobState.Queued, StopIntent.None, "", "");

    /// <summary>Whether nothing more happens unless somebody resumes the job.</summary>
    public bool HasEnded => State is JobState.Succeeded or JobState.Failed or JobState.Cancelled;

    /// <summary>Whether the job may be removed: it has ended or is paused.</summary>
    public bool MayBeDeleted => HasEnded || State == JobState.Paused;
}

/// <summary>What a running job was asked for.</summary>
internal enum StopIntent
{
    /// <summary>To go on.</summary>
    None,

    /// <summary>To become paused.</summary>
    Pause,

    /// <summary>To become cancelled.</summary>
    Cancel,
}

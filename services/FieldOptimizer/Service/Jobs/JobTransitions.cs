using System.Diagnostics.CodeAnalysis;
using Sjc.Contracts.Field.V1;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>The state machine of a job: a pure function, apart from where a job is stored and who runs its loop.</summary>
/// <remarks>
/// queued → running → succeeded | failed; pause and cancel reach a running job as an intent that its loop obeys (stop). A loop
/// that stops without an intent was interrupted, and its job is queued again. Commands that ask for what is already so are accepted
/// and change nothing, so that a repeated call gets the same answer.
/// </remarks>
internal static class JobTransitions
{
    /// <summary>The status after a command.</summary>
    /// <returns>False when the command is refused in this status.</returns>
    public static bool TryApply(JobStatus status, JobCommand command, [NotNullWhen(true)] out JobStatus? next)
    {
        next = command switch
        {
            JobCommand.Start => status.State == JobState.Queued ? To(JobState.Running) : null,
            JobCommand.Pause => Pause(status),
            JobCommand.Resume => Resume(status),
            JobCommand.Cancel => Cancel(status),
            JobCommand.Stop => status.State == JobState.Running ? Stop(status.Intent) : null,
            JobCommand.Fail fail => Fail(status, fail.Error),
            JobCommand.Succeed succeed => status.State == JobState.Running ? To(JobState.Succeeded) with { FieldSha256 = succeed.FieldSha256 } : null,
            _ => null,
        };
        return next is not null;
    }

    private static JobStatus? Pause(JobStatus status) => status.State switch
    {
        JobState.Queued or JobState.Paused => To(JobState.Paused),
        JobState.Running when status.Intent != StopIntent.Cancel => status with { Intent = StopIntent.Pause },
        _ => null,
    };

    private static JobStatus? Resume(JobStatus status) => status.State switch
    {
        JobState.Queued or JobState.Paused or JobState.Failed => To(JobState.Queued),
        JobState.Running when status.Intent != StopIntent.Cancel => status with { Intent = StopIntent.None },
        _ => null,
    };

    private static JobStatus? Cancel(JobStatus status) => status.State switch
    {
        JobState.Queued or JobState.Paused or JobState.Failed or JobState.Cancelled => To(JobState.Cancelled),
        JobState.Running => status with { Intent = StopIntent.Cancel },
        _ => null,
    };

    private static JobStatus Stop(StopIntent intent) => intent switch
    {
        StopIntent.Pause => To(JobState.Paused),
        StopIntent.Cancel => To(JobState.Cancelled),
        _ => To(JobState.Queued),
    };

    // A job may also fail before its loop runs, when what is stored of it cannot be read.
    private static JobStatus? Fail(JobStatus status, string error) => (status.State, status.Intent) switch
    {
        (JobState.Running, StopIntent.Cancel) => To(JobState.Cancelled),
        (JobState.Running or JobState.Queued, _) => To(JobState.Failed) with { Error = error },
        _ => null,
    };

    private static JobStatus To(JobState state) => JobStatus.Created with { State = state };
}

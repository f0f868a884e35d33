using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using Sjc.Contracts.Field.V1;
using Sjc.Contracts.Score.V1;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>All jobs of this server.</summary>
internal sealed partial class JobCatalog(
    JobStore store, JobRunner runner, TimeProvider time, IOptions<OptimizerOptions> options, ILogger<JobCatalog> logger)
{
    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<string, LiveJob> jobs = [];
    private readonly Dictionary<string, LiveJob> byRequestId = [];

    /// <summary>Takes up the stored jobs, and goes on with those that were queued or running.</summary>
    public void Load()
    {
        foreach (JobRecord record in store.Load())
        {
            LiveJob job = new(record, store, time);
            Keep(job);

            // A record that says running is a killed server's: its loop has stopped.
            job.TryApply(new JobCommand.Stop());
            if (job.Now.Record.Status.State == JobState.Queued)
            {
                runner.Enqueue(job);
            }
        }

        LogLoaded(jobs.Count);
    }

    /// <summary>A job by its id.</summary>
    public bool TryGet(string id, [NotNullWhen(true)] out LiveJob? job) => jobs.TryGetValue(id, out job);

    /// <summary>The job that a request id made; null where it made none.</summary>
    public LiveJob? FindByRequestId(string requestId)
    {
        lock (gate)
        {
            return byRequestId.GetValueOrDefault(requestId);
        }
    }

    /// <summary>Makes a job and queues it.</summary>
    /// <param name="requestId">Empty: not idempotent.</param>
    /// <param name="requested">As the caller wrote it.</param>
    /// <param name="resolved">With every field filled in.</param>
    /// <param name="model">Of the scorer.</param>
    /// <param name="job">The new job, or the one that this request id made before.</param>
    public CreateOutcome Create(string requestId, JobSpec requested, JobSpec resolved, Model model, out LiveJob? job)
    {
        lock (gate)
        {
            if (byRequestId.TryGetValue(requestId, out job))
            {
                return job.Now.Record.RequestedSpec.Equals(requested) ? CreateOutcome.Existing : CreateOutcome.Conflict;
            }

            if (jobs.Count >= options.Value.MaxJobs)
            {
                return CreateOutcome.Full;
            }

            job = new LiveJob(Store(requestId, requested, resolved, model), store, time);
            Keep(job);
        }

        runner.Enqueue(job);
        return CreateOutcome.Created;
    }

    /// <summary>Jobs after a position, latest first.</summary>
    /// <param name="after">The last job of the page before; null: from the latest.</param>
    /// <param name="count">At most so many.</param>
    public IReadOnlyList<JobSnapshot> List(JobPosition? after, int count) =>
        [.. jobs.Values
            .Select(job => job.Now)
            .Where(job => after is null || JobPosition.Of(job.Record).CompareTo(after.Value) < 0)
            .OrderByDescending(job => JobPosition.Of(job.Record))
            .Take(count)];

    /// <summary>Queues a paused or failed job again.</summary>
    /// <returns>False when its state forbids it.</returns>
    public bool TryResume(LiveJob job)
    {
        if (!job.TryApply(new JobCommand.Resume()))
        {
            return false;
        }

        if (job.Now.Record.Status.State == JobState.Queued)
        {
            runner.Enqueue(job);
        }

        return true;
    }

    /// <summary>Removes a job and its files.</summary>
    /// <returns>False when its state forbids it.</returns>
    public bool TryDelete(LiveJob job)
    {
        if (!job.TryDelete())
        {
            return false;
        }

        lock (gate)
        {
            jobs.TryRemove(job.Id, out _);
            byRequestId.Remove(job.Now.Record.RequestId);
        }

        return true;
    }

    private JobRecord Store(string requestId, JobSpec requested, JobSpec resolved, Model model)
    {
        DateTimeOffset created = time.GetUtcNow();
        while (true)
        {
            JobRecord record = new()
            {
                Id = JobId.New(created),
                RequestId = requestId,
                RequestedSpec = requested.Clone(),
                Spec = resolved,
                Model = model,
                Status = JobStatus.Created,
                CreateTime = created,
                UpdateTime = created,
            };
            if (store.TryCreate(record))
            {
                return record;
            }
        }
    }

    private void Keep(LiveJob job)
    {
        jobs[job.Id] = job;
        if (job.Now.Record.RequestId is { Length: > 0 } requestId)
        {
            byRequestId[requestId] = job;
        }
    }

    [LoggerMessage(EventId = 120, Level = LogLevel.Information, Message = "{Count} stored jobs taken up.")]
    private partial void LogLoaded(int count);
}

/// <summary>What became of the wish for a new job.</summary>
internal enum CreateOutcome
{
    /// <summary>It is new, and queued.</summary>
    Created,

    /// <summary>The same request made it before.</summary>
    Existing,

    /// <summary>The request id made a job of another spec before.</summary>
    Conflict,

    /// <summary>No more jobs are kept.</summary>
    Full,
}

/// <summary>A job's place in the order of creation.</summary>
internal readonly record struct JobPosition(long CreateTicks, string Id) : IComparable<JobPosition>
{
    public static JobPosition Of(JobRecord record) => new(record.CreateTime.UtcTicks, record.Id);

    public int CompareTo(JobPosition other) =>
        CreateTicks != other.CreateTicks ? CreateTicks.CompareTo(other.CreateTicks) : string.CompareOrdinal(Id, other.Id);
}

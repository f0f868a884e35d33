using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Sjc.Client;
using Sjc.Contracts.Field.V1;
using Sjc.FieldOptimizer.Scoring;
using Sjc.RadianceField.Optimization;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>Runs queued jobs, each on a thread of its own, first come first served, a bounded number at once.</summary>
internal sealed partial class JobRunner(
    JobStore store, ScorerClient scorer, LatentDecoder decoder, TimeProvider time, JobRenderer renderer, IOptions<OptimizerOptions> options, ILogger<JobRunner> logger)
{
    private readonly Lock gate = new();
    private readonly Queue<LiveJob> queue = new();
    private readonly ConcurrentDictionary<LiveJob, TaskCompletionSource> running = [];
    private bool stopping;

    /// <summary>Queues a job, which runs as soon as there is a place.</summary>
    public void Enqueue(LiveJob job)
    {
        lock (gate)
        {
            queue.Enqueue(job);
        }

        StartNext();
    }

    /// <summary>Starts no more jobs and lets the running ones write their checkpoints; they stay queued for the next start.</summary>
    public void BeginStop()
    {
        lock (gate)
        {
            stopping = true;
        }

        foreach (LiveJob job in running.Keys)
        {
            job.InterruptLoop();
        }
    }

    /// <summary>Completes when no loop runs.</summary>
    public Task WhenIdleAsync() => Task.WhenAll(running.Values.Select(ended => ended.Task));

    private void StartNext()
    {
        lock (gate)
        {
            while (!stopping && running.Count < options.Value.MaxRunningJobs && queue.TryDequeue(out LiveJob? job))
            {
                // What was paused, cancelled or deleted meanwhile refuses to start.
                CancellationTokenSource stop = new();
                if (job.TryBeginLoop(stop))
                {
                    running[job] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

                    // Unsafe: the trace of the call that queued the job is not the loop's.
                    new Thread(() => RunLoop(job, stop)) { Name = $"Job {job.Id}", IsBackground = true }.UnsafeStart();
                }
                else
                {
                    stop.Dispose();
                }
            }
        }
    }

    private void RunLoop(LiveJob job, CancellationTokenSource stop)
    {
        JobCommand outcome = Run(job, stop.Token);
        try
        {
            job.EndLoop(outcome);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The stored record still says that the job runs: the next start of the server goes on with it.
            LogUnstoredOutcome(exception, job.Id);
        }

        stop.Dispose();
        running.TryRemove(job, out TaskCompletionSource? ended);
        ended?.TrySetResult();
        if (job.Now.Record.Status.State == JobState.Queued)
        {
            Enqueue(job);
        }

        StartNext();
    }

    private JobCommand Run(LiveJob job, CancellationToken stop)
    {
        try
        {
            LogStarted(job.Id, job.Now.Progress.Iteration);
            JobRecord record = job.Now.Record;
            SjcOptions loopOptions = renderer.Apply(SpecOptions.ToSjcOptions(record.Spec, record.Model, options.Value.EffectiveRenderThreads));
            JobCommand outcome = new JobLoop(job, store, new RemoteScorer(scorer, decoder), time, loopOptions).Run(stop);
            LogEnded(job.Id, job.Now.Progress.Iteration, outcome.GetType().Name);
            return outcome;
        }
#pragma warning disable CA1031 // Whatever ends a job's loop must end that job alone, and be told to its owner.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFailed(exception, job.Id, job.Now.Progress.Iteration);
            return new JobCommand.Fail($"The loop failed: {exception.Message}");
        }
    }

    [LoggerMessage(EventId = 110, Level = LogLevel.Information, Message = "Job {JobId} runs from iteration {Iteration}.")]
    private partial void LogStarted(string jobId, int iteration);

    [LoggerMessage(EventId = 111, Level = LogLevel.Information, Message = "The loop of job {JobId} ended at iteration {Iteration}: {Outcome}.")]
    private partial void LogEnded(string jobId, int iteration, string outcome);

    [LoggerMessage(EventId = 112, Level = LogLevel.Error, Message = "Job {JobId} failed at iteration {Iteration}.")]
    private partial void LogFailed(Exception exception, string jobId, int iteration);

    [LoggerMessage(EventId = 113, Level = LogLevel.Error, Message = "What job {JobId} ended in could not be stored.")]
    private partial void LogUnstoredOutcome(Exception exception, string jobId);
}

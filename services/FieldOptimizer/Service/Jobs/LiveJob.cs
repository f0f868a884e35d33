using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Sjc.Contracts.Field.V1;
using Sjc.Numerics.Safetensors;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>A job in this process: its record, kept equal to the stored one, its progress and its watchers. Thread-safe.</summary>
internal sealed class LiveJob
{
    private readonly Lock gate = new();
    private readonly JobStore store;
    private readonly TimeProvider time;
    private readonly JobWatchers watchers = new();
    private volatile JobSnapshot now;
    private volatile LiveField? runningField;
    private CancellationTokenSource? loop;
    private TaskCompletionSource loopEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool deleted;

    public LiveJob(JobRecord record, JobStore store, TimeProvider time)
    {
        this.store = store;
        this.time = time;
        Losses.Reset(store.OpenLossLog(record.Id).Read(record.Checkpoint?.Iteration ?? 0));
        now = new JobSnapshot(record, AtCheckpoint(record.Checkpoint), store.ReadPreview(record.Id));
    }

    public string Id => now.Record.Id;

    /// <summary>The job at this moment.</summary>
    public JobSnapshot Now => now;

    public LossHistory Losses { get; } = new();

    /// <summary>The field of the running loop; null when none runs.</summary>
    public LiveField? Field => runningField;

    /// <summary>Applies a command, stores what it changes and tells the watchers.</summary>
    /// <returns>False when the job refuses it.</returns>
    public bool TryApply(JobCommand command)
    {
        lock (gate)
        {
            if (deleted || !JobTransitions.TryApply(now.Record.Status, command, out JobStatus? next))
            {
                return false;
            }

            if (next != now.Record.Status)
            {
                JobRecord record = now.Record with { Status = next, UpdateTime = time.GetUtcNow() };
                store.Save(record);
                Publish(now with { Record = record, Progress = now.Progress with { IterationsPerSecond = 0 } });
                if (next.Intent != StopIntent.None)
                {
                    loop?.Cancel();
                }
            }

            return true;
        }
    }

    /// <summary>Takes a queued job for its loop.</summary>
    /// <param name="stop">The loop's own; cancelled when it is to stop, not used after <see cref="EndLoop"/>.</param>
    /// <returns>False when it is queued no more.</returns>
    public bool TryBeginLoop(CancellationTokenSource stop)
    {
        lock (gate)
        {
            if (!TryApply(new JobCommand.Start()))
            {
                return false;
            }

            loop = stop;
            loopEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return true;
        }
    }

    /// <summary>Applies what the loop ended in, and wakes those who wait for it.</summary>
    public void EndLoop(JobCommand outcome)
    {
        lock (gate)
        {
            try
            {
                TryApply(outcome);
            }
            finally
            {
                loop = null;
                loopEnded.TrySetResult();
            }
        }
    }

    /// <summary>Asks the loop to stop without a change of what the job is meant to become.</summary>
    public void InterruptLoop()
    {
        lock (gate)
        {
            loop?.Cancel();
        }
    }

    /// <summary>Completes when no loop runs, or the job is to go on after all.</summary>
    public Task WhenStoppedAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return now.Record.Status.State == JobState.Running ? loopEnded.Task.WaitAsync(cancellationToken) : Task.CompletedTask;
        }
    }

    /// <summary>Shows the loop's field to others while it runs.</summary>
    public void Attach(LiveField? running) => runningField = running;

    /// <summary>The loop starts from a stored state, or from nothing.</summary>
    public void Restart(CheckpointRecord? checkpoint)
    {
        lock (gate)
        {
            Losses.Reset(store.OpenLossLog(Id).Truncate(checkpoint?.Iteration ?? 0));
            Publish(now with { Progress = AtCheckpoint(checkpoint) });
        }
    }

    /// <summary>Publishes what an iteration brought.</summary>
    public void Report(JobProgressValues progress, PreviewPicture? preview)
    {
        lock (gate)
        {
            Losses.Add(progress.Last!.Value);
            Publish(now with { Progress = progress, Preview = preview ?? now.Preview });
        }
    }

    /// <summary>Stores a checkpoint.</summary>
    public void SaveCheckpoint(int iteration, double elapsedSeconds, double scoreSeconds, SafetensorsWriter content)
    {
        lock (gate)
        {
            JobRecord saved = store.SaveCheckpoint(now.Record with { UpdateTime = time.GetUtcNow() }, iteration, elapsedSeconds, scoreSeconds, content);
            Publish(now with { Record = saved });
        }
    }

    /// <summary>Removes the job and its files.</summary>
    /// <returns>False while it is queued or runs.</returns>
    public bool TryDelete()
    {
        lock (gate)
        {
            if (deleted || !now.Record.Status.MayBeDeleted)
            {
                return false;
            }

            store.Delete(Id);
            deleted = true;
            watchers.End();
            return true;
        }
    }

    /// <summary>The job now, then its changes until it ends; a slow reader misses some in between, never the last.</summary>
    public async IAsyncEnumerable<JobSnapshot> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Channel<JobSnapshot> channel;
        lock (gate)
        {
            channel = watchers.Add(now);
        }

        try
        {
            await foreach (JobSnapshot snapshot in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return snapshot;
            }
        }
        finally
        {
            lock (gate)
            {
                watchers.Remove(channel);
            }
        }
    }

    private JobProgressValues AtCheckpoint(CheckpointRecord? checkpoint) =>
        new(checkpoint?.Iteration ?? 0, 0, checkpoint?.ElapsedSeconds ?? 0, checkpoint?.ScoreSeconds ?? 0, Losses.Last());

    private void Publish(JobSnapshot next)
    {
        now = next;
        watchers.Publish(next);
    }
}

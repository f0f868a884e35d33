using Sjc.ScoreServer.Models;
using Sjc.ScoreServer.Telemetry;

namespace Sjc.ScoreServer.Batching;

/// <summary>Drives one device: launches a batch whenever the device is idle, and collects requests while it is busy.</summary>
internal sealed partial class DeviceBatcher(
    DeviceThread thread, BatchingOptions options, TimeProvider time, ScoreServerMetrics metrics, ILogger<DeviceBatcher> logger)
{
    /// <summary>Weight of the latest batch in the estimate of the device's rate.</summary>
    private const double RateSmoothing = 0.2;

    private static readonly TimeSpan MinRetryDelay = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private readonly BatchQueue<DenoiseWork> _queue = new(options, time);
    private bool _pumping;
    private double _secondsPerRow;

    /// <summary>Rows accepted and not yet launched.</summary>
    public int QueuedRows
    {
        get
        {
            lock (_gate)
            {
                return _queue.QueuedRows;
            }
        }
    }

    /// <summary>When the rows held now will be done, as far as the device's rate tells.</summary>
    public TimeSpan RetryDelay
    {
        get
        {
            lock (_gate)
            {
                TimeSpan wait = TimeSpan.FromSeconds(Math.Min(_secondsPerRow * (_queue.QueuedRows + _queue.RunningRows), MaxRetryDelay.TotalSeconds));
                return wait < MinRetryDelay ? MinRetryDelay : wait;
            }
        }
    }

    /// <summary>Accepts work unless the queue is full.</summary>
    /// <param name="work">New work for a model of this device.</param>
    /// <param name="cancellationToken">Takes the work out of the queue again.</param>
    public bool TryEnqueue(DenoiseWork work, CancellationToken cancellationToken)
    {
        bool start;
        work.AcceptedAt = time.GetTimestamp();
        lock (_gate)
        {
            if (!_queue.TryEnqueue(work))
            {
                metrics.RefuseRows(work.Rows);
                return false;
            }

            start = !_pumping;
            _pumping = true;
        }

        if (cancellationToken.CanBeCanceled)
        {
            CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(_ => Cancel(work, cancellationToken), null);
            work.Completion.ContinueWith(
                _ => registration.Unregister(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        if (start)
        {
            thread.Post(Pump);
        }

        return true;
    }

    private void Cancel(DenoiseWork work, CancellationToken cancellationToken)
    {
        bool wasActive;
        lock (_gate)
        {
            wasActive = _queue.Cancel(work);
        }

        if (wasActive)
        {
            work.SetCancelled(cancellationToken);
        }
    }

    /// <summary>Runs one batch, then queues itself behind whatever else waits for the device.</summary>
    private void Pump()
    {
        List<DenoiseWork> expired = [];
        Batch<DenoiseWork>? batch;
        lock (_gate)
        {
            batch = _queue.Take(expired);
            _pumping = batch is not null;
        }

        foreach (DenoiseWork work in expired)
        {
            work.SetException(new TimeoutException("The deadline passed while the request waited for the device."));
        }

        if (batch is not null)
        {
            Run(batch);
            thread.Post(Pump);
        }
    }

    private void Run(Batch<DenoiseWork> batch)
    {
        long start = time.GetTimestamp();
        try
        {
            BatchRunner.Run(batch);
        }
#pragma warning disable CA1031 // The exception goes to everybody who waits for rows of the batch; the device's thread lives on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(batch, exception);
            return;
        }

        Complete(batch, start, time.GetElapsedTime(start));
    }

    private void Complete(Batch<DenoiseWork> batch, long start, TimeSpan elapsed)
    {
        metrics.RunBatch(batch.Key.Model, batch.Rows, elapsed);
        LogBatch(batch.Rows, batch.Slices.Count, batch.Key.Model, elapsed.TotalMilliseconds);
        List<DenoiseWork> completed = [];
        lock (_gate)
        {
            foreach (BatchSlice<DenoiseWork> slice in batch.Slices)
            {
                slice.Item.QueueTime = time.GetElapsedTime(slice.Item.AcceptedAt, start);
                slice.Item.ComputeTime += elapsed;
                slice.Item.LargestBatchRows = Math.Max(slice.Item.LargestBatchRows, batch.Rows);
            }

            double secondsPerRow = elapsed.TotalSeconds / batch.Rows;
            _secondsPerRow = _secondsPerRow == 0 ? secondsPerRow : _secondsPerRow + (RateSmoothing * (secondsPerRow - _secondsPerRow));
            _queue.Complete(batch, completed);
        }

        foreach (DenoiseWork work in completed)
        {
            work.SetCompleted();
        }
    }

    private void Fail(Batch<DenoiseWork> batch, Exception exception)
    {
        LogBatchFailed(exception, batch.Rows, batch.Key.Model);
        List<DenoiseWork> failed = [];
        lock (_gate)
        {
            _queue.Fail(batch, failed);
        }

        foreach (DenoiseWork work in failed)
        {
            work.SetException(exception);
        }
    }

    [LoggerMessage(EventId = 200, Level = LogLevel.Debug, Message = "Ran {Rows} rows of {Requests} requests through {Model} in {ElapsedMs:F2} ms.")]
    private partial void LogBatch(int rows, int requests, string model, double elapsedMs);

    [LoggerMessage(EventId = 201, Level = LogLevel.Error, Message = "A batch of {Rows} rows failed in {Model}.")]
    private partial void LogBatchFailed(Exception exception, int rows, string model);
}

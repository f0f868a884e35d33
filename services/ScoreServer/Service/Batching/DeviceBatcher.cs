using Sjc.ScoreServer.Models;
using Sjc.ScoreServer.Telemetry;

namespace Sjc.ScoreServer.Batching;

/// <summary>Drives one device: launches a batch whenever the device is idle, and collects requests while it is busy.</summary>
internal sealed partial class DeviceBatcher
{
    private static readonly TimeSpan MinRetryDelay = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(10);

    /// <summary>An answer with so many values is combined and written in less time than a thread takes to wake.</summary>
    private const int SmallAnswer = 65_536;

    private readonly Lock _gate = new();
    private readonly BatchQueue<DenoiseWork> _queue;
    private readonly BatchEvaluation _evaluation;
    private readonly DeviceThread _thread;
    private readonly BatchClock _clock;
    private readonly ScoreServerMetrics _metrics;
    private readonly ILogger<DeviceBatcher> _logger;
    private readonly ITimer _wake;
    private bool _pumping;

    public DeviceBatcher(
        DeviceThread thread, BatchingOptions options, Func<string, TenantShare> shares, BatchClock clock, TimeProvider time, ScoreServerMetrics metrics, ILogger<DeviceBatcher> logger)
    {
        _thread = thread;
        _clock = clock;
        _metrics = metrics;
        _logger = logger;
        _queue = new BatchQueue<DenoiseWork>(options, shares);
        _evaluation = new BatchEvaluation(BatchRunner.Run);
        _wake = time.CreateTimer(_ => Start(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Rows accepted and not yet launched.</summary>
    public int QueuedRows => Read(queue => queue.QueuedRows);

    /// <summary>How long the oldest request has waited.</summary>
    public TimeSpan QueueAge => Read(queue => queue.Age(_clock.Now));

    /// <summary>When the rows held now will be done, as far as the device's rate tells.</summary>
    public TimeSpan RetryDelay => Read(queue => TimeSpan.FromSeconds(Math.Clamp(queue.Backlog.TotalSeconds, MinRetryDelay.TotalSeconds, MaxRetryDelay.TotalSeconds)));

    /// <summary>Rows of a tenant that wait.</summary>
    public int RowsOf(string tenant) => Read(queue => queue.RowsOf(tenant));

    /// <summary>Whether there is room for rows of a tenant at the moment.</summary>
    public EnqueueResult RoomFor(string tenant, int rows)
    {
        lock (_gate)
        {
            return _queue.RoomFor(tenant, rows);
        }
    }

    /// <summary>Accepts work unless a bound is reached or its deadline cannot be met.</summary>
    /// <param name="work">New work for a model of this device.</param>
    /// <param name="cancellationToken">Takes the work out of the queue again.</param>
    public EnqueueResult TryEnqueue(DenoiseWork work, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            EnqueueResult result = _queue.TryEnqueue(work, _clock.Now);
            if (result != EnqueueResult.Accepted)
            {
                return result;
            }
        }

        if (cancellationToken.CanBeCanceled)
        {
            CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(_ => Cancel(work, cancellationToken), null);
            work.Completion.ContinueWith(
                _ => registration.Unregister(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        Start();
        return EnqueueResult.Accepted;
    }

    private T Read<T>(Func<BatchQueue<DenoiseWork>, T> property)
    {
        lock (_gate)
        {
            return property(_queue);
        }
    }

    private void Start()
    {
        lock (_gate)
        {
            if (_pumping)
            {
                return;
            }

            _pumping = true;
        }

        _thread.Post(Pump);
    }

    private void Cancel(DenoiseWork work, CancellationToken cancellationToken)
    {
        bool wasActive;
        bool waited;
        lock (_gate)
        {
            waited = work.TakenRows < work.Rows;
            wasActive = _queue.Cancel(work);
        }

        if (wasActive)
        {
            _metrics.Cancel(waited ? "queue" : "device");
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
            batch = _queue.Take(_clock.Now, expired);
            _pumping = batch is not null;
            if (_queue.WakeAt is { } wakeAt)
            {
                TimeSpan delay = wakeAt - _clock.Now;
                _wake.Change(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }
        }

        foreach (DenoiseWork work in expired)
        {
            _metrics.Cancel("deadline");
            work.SetException(new TimeoutException("The deadline passed while the request waited for the device."));
        }

        if (batch is not null)
        {
            Run(batch);
            _thread.Post(Pump);
        }
    }

    private void Run(Batch<DenoiseWork> batch)
    {
        // Those that were cancelled since the batch was put together are left out.
        List<BatchSlice<DenoiseWork>> wanted;
        lock (_gate)
        {
            wanted = [.. batch.Slices.Where(slice => slice.Item.State == BatchItemState.Active)];
        }

        Dictionary<DenoiseWork, Exception> failures = [];
        BatchTiming timing = default;
        try
        {
            if (wanted.Count > 0)
            {
                _evaluation.Run(batch, wanted, failures, out timing);
                WakePool();
            }
        }
#pragma warning disable CA1031 // The exception goes to everybody who waits for rows of the batch; the device's thread lives on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            foreach (BatchSlice<DenoiseWork> slice in wanted)
            {
                failures[slice.Item] = exception;
            }
        }

        if (failures.Count > 0)
        {
            LogBatchFailed(failures.Values.First(), batch.Rows, batch.Key.Model);
        }

        Complete(batch, wanted, timing, failures);
    }

    private void Complete(Batch<DenoiseWork> batch, List<BatchSlice<DenoiseWork>> wanted, BatchTiming timing, Dictionary<DenoiseWork, Exception> failures)
    {
        List<DenoiseWork> completed = [];
        int rows = wanted.Where(slice => !failures.ContainsKey(slice.Item)).Sum(slice => slice.Count);
        List<DenoiseWork> failed = [];
        bool isIdle;
        lock (_gate)
        {
            foreach (BatchSlice<DenoiseWork> slice in wanted)
            {
                slice.Item.QueueTime = batch.LaunchedAt - slice.Item.ArrivedAt;
                slice.Item.BatchTime += timing;
                slice.Item.LargestBatchRows = Math.Max(slice.Item.LargestBatchRows, batch.Rows);
            }

            failed.AddRange(failures.Keys.Where(_queue.Cancel));
            _queue.Complete(batch, rows, _clock.Now, completed);
            isIdle = _queue.QueuedRows == 0;
        }

        if (rows > 0)
        {
            int padding = BatchEvaluation.PaddedRows(batch) - batch.Rows;
            _metrics.RunBatch(batch.Key.Model, NameOf(batch.End), rows, padding, timing.Transfer, timing.Compute);
            LogBatch(rows, wanted.Count, batch.Key.Model, timing.Total.TotalMilliseconds);
            BatchTraces.Record(batch, wanted, timing);
        }

        failed.ForEach(work => work.SetException(failures[work]));

        // With nothing else to do the device's thread answers a lone small request itself: another one would have to wake for it.
        completed.ForEach(work => work.SetCompleted(here: isIdle && completed.Count == 1 && work.Values.Length <= SmallAnswer));
    }

    /// <summary>An answer leaves by the pool's threads, which fall asleep during a pass and take some hundredths of a millisecond to wake: one does so while the
    /// answer is put together.</summary>
    private static void WakePool() => ThreadPool.UnsafeQueueUserWorkItem(static _ => { }, null);

    private static string NameOf(BatchEnd end) => end switch
    {
        BatchEnd.Full => "full",
        BatchEnd.Drained => "drained",
        BatchEnd.OtherKeys => "other-keys",
        BatchEnd.Delay => "delay",
        _ => "alone",
    };

    [LoggerMessage(EventId = 200, Level = LogLevel.Debug, Message = "Ran {Rows} rows of {Requests} requests through {Model} in {ElapsedMs:F2} ms.")]
    private partial void LogBatch(int rows, int requests, string model, double elapsedMs);

    [LoggerMessage(EventId = 201, Level = LogLevel.Error, Message = "A batch of {Rows} rows failed in {Model}.")]
    private partial void LogBatchFailed(Exception exception, int rows, string model);
}

namespace Sjc.ScoreServer.Batching;

/// <summary>Decides which rows of which requests go through the network next: a state machine without threads, tensors or a clock of its
/// own. One caller at a time.</summary>
/// <remarks>
/// Tenants take turns by deficit round-robin (Shreedhar and Varghese 1995): a round adds at most <see cref="BatchingOptions.RowsPerTurn"/>
/// times its weight to what each tenant may take (<see cref="TenantRotation{TItem}"/>). The tenant that is furthest behind decides the batch's
/// lane by its most urgent request, and the others fill the batch up (<see cref="BatchFilling{TItem}"/>); one that cannot, for its key, takes
/// its rows later. Within a tenant the earliest due goes first: due is the deadline, at most <see cref="BatchingOptions.Patience"/> after
/// arrival, and <see cref="BatchingOptions.Ageing"/> later for the background, so that nothing waits for ever.
/// </remarks>
/// <param name="options">Bounds.</param>
/// <param name="shares">A tenant's share.</param>
internal sealed class BatchQueue<TItem>(BatchingOptions options, Func<string, TenantShare> shares)
    where TItem : BatchItem
{
    private static readonly Comparer<TItem> ByDeadline = Comparer<TItem>.Create(
        (a, b) => a.Deadline == b.Deadline ? a.Sequence.CompareTo(b.Sequence) : a.Deadline.CompareTo(b.Deadline));

    private readonly Dictionary<string, TenantQueue<TItem>> _tenants = new(StringComparer.Ordinal);

    private readonly TenantRotation<TItem> _rotation = new(options);

    /// <summary>What waits and has a deadline.</summary>
    private readonly SortedSet<TItem> _deadlines = new(ByDeadline);

    /// <summary>What waits, in order of acceptance.</summary>
    private readonly SortedSet<TItem> _arrivals = new(Comparer<TItem>.Create((a, b) => a.Sequence.CompareTo(b.Sequence)));

    private readonly DeviceRates _rates = new();

    private long _sequence;
    private Batch<TItem>? _running;

    /// <summary>Rows accepted and not yet launched.</summary>
    public int QueuedRows { get; private set; }

    /// <summary>Rows launched and not yet evaluated.</summary>
    public int RunningRows { get; private set; }

    /// <summary>When <see cref="Take"/> is to be called again, where it held rows back for <see cref="BatchingOptions.MaxDelay"/>; else null.</summary>
    public TimeSpan? WakeAt { get; private set; }

    /// <summary>How long the oldest request has waited.</summary>
    public TimeSpan Age(TimeSpan now) => _arrivals.Min is { } oldest ? now - oldest.ArrivedAt : TimeSpan.Zero;

    /// <summary>Rows of a tenant that wait.</summary>
    public int RowsOf(string tenant) => _tenants.TryGetValue(tenant, out TenantQueue<TItem>? queue) ? queue.Rows : 0;

    /// <summary>When the rows held now will be done, at the device's rate.</summary>
    public TimeSpan Backlog => _rates.TimeOf(QueuedRows + RunningRows);

    /// <summary>Whether rows of a tenant would overflow a bound; the answer holds until the next call.</summary>
    public EnqueueResult RoomFor(string tenant, int rows) =>
        rows > options.QueueCapacityRows - QueuedRows ? EnqueueResult.QueueFull
        : rows > shares(tenant).CapacityRows - RowsOf(tenant) ? EnqueueResult.TenantFull
        : EnqueueResult.Accepted;

    /// <summary>Accepts a request unless its rows would overflow a bound, or it cannot be done in time.</summary>
    public EnqueueResult TryEnqueue(TItem item, TimeSpan now)
    {
        if (item.State != BatchItemState.New)
        {
            throw new ArgumentException($"{nameof(item)} must be new, but is {item.State}.", nameof(item));
        }

        if (RoomFor(item.Tenant, item.Rows) is var room && room != EnqueueResult.Accepted)
        {
            return room;
        }

        TenantQueue<TItem> tenant = _tenants.GetValueOrDefault(item.Tenant) ?? new TenantQueue<TItem>(item.Tenant, shares(item.Tenant));
        item.ArrivedAt = now;
        item.Sequence = _sequence++;
        item.Due = Due(item, now);
        if (EarliestEnd(tenant, item, now) > item.Deadline)
        {
            return EnqueueResult.TooLate;
        }

        Add(tenant, item);
        return EnqueueResult.Accepted;
    }

    /// <summary>Gives a request up: rows that wait leave the queue, rows that are being evaluated are for nothing.</summary>
    /// <returns>Whether it was active until now.</returns>
    public bool Cancel(TItem item) => Leave(item, BatchItemState.Cancelled);

    /// <summary>The next batch; null when no rows wait, or when they are held back until <see cref="WakeAt"/>.</summary>
    /// <param name="now">The time.</param>
    /// <param name="expired">Receives requests whose deadlines have passed, or will have before a batch of theirs ends.</param>
    public Batch<TItem>? Take(TimeSpan now, ICollection<TItem> expired)
    {
        WakeAt = null;
        DropExpired(now, expired);
        if (_rotation.Waiting.Count == 0)
        {
            return null;
        }

        _rotation.Sort();
        TenantQueue<TItem> first = _rotation.Waiting[0];
        TItem head = first.Head;
        BatchLane lane = TenantQueue<TItem>.LaneOf(head);
        int limit = LimitOf(lane);
        bool delayed = options.MaxDelay > TimeSpan.Zero && RowsOf(lane) < limit;
        if (delayed && _arrivals.Min!.ArrivedAt + options.MaxDelay is var wake && wake > now)
        {
            WakeAt = wake;
            return null;
        }

        List<BatchSlice<TItem>> slices = lane.Sharing == BatchSharing.None ? [TakeAlone(first, head, limit)] : new BatchFilling<TItem>(_rotation, lane, limit, TakeRows).Run();
        _rotation.EndBatch();
        Batch<TItem> batch = new(lane, slices, EndOf(lane, limit - slices.Sum(slice => slice.Count), delayed), now);
        RunningRows += batch.Rows;
        _running = batch;
        return batch;
    }

    /// <summary>Records that a batch was evaluated.</summary>
    /// <param name="batch">From <see cref="Take"/>; what was given up of it may have been left out.</param>
    /// <param name="rows">Rows that were evaluated, from which the device's rate is learnt.</param>
    /// <param name="now">The time.</param>
    /// <param name="completed">Receives requests all of whose rows are evaluated now.</param>
    public void Complete(Batch<TItem> batch, int rows, TimeSpan now, ICollection<TItem> completed)
    {
        if (rows > 0)
        {
            _rates.Observe(batch.Key, rows, now - batch.LaunchedAt);
        }

        RunningRows -= batch.Rows;
        foreach (BatchSlice<TItem> slice in batch.Slices)
        {
            TItem item = slice.Item;
            item.CompletedRows += slice.Count;
            if (item.State == BatchItemState.Active && item.CompletedRows == item.Rows)
            {
                item.State = BatchItemState.Completed;
                completed.Add(item);
            }
        }
    }

    private TimeSpan Due(TItem item, TimeSpan now)
    {
        TimeSpan latest = now + options.Patience;
        return (item.Deadline < latest ? item.Deadline : latest) + (item.Priority == Priority.Background ? options.Ageing : TimeSpan.Zero);
    }

    /// <summary>At the device's rate: after what runs, what goes before it of its own tenant, and itself. Others can only make it later.</summary>
    private TimeSpan EarliestEnd(TenantQueue<TItem> tenant, TItem item, TimeSpan now)
    {
        if (item.Deadline == TimeSpan.MaxValue)
        {
            return now;
        }

        TimeSpan own = _rates.TimeOf(item.Key, tenant.RowsBefore(item) + item.Rows);
        TimeSpan running = RunningRows == 0 ? TimeSpan.Zero : _rates.TimeOf(_running!.Key, _running.Rows) - (now - _running.LaunchedAt);
        return now + own + (running > TimeSpan.Zero ? running : TimeSpan.Zero);
    }

    private void Add(TenantQueue<TItem> tenant, TItem item)
    {
        if (tenant.IsEmpty)
        {
            _tenants[item.Tenant] = tenant;
            _rotation.Join(tenant);
        }

        tenant.Add(item);
        tenant.Rows += item.Rows;
        QueuedRows += item.Rows;
        _arrivals.Add(item);
        if (item.Deadline != TimeSpan.MaxValue)
        {
            _deadlines.Add(item);
        }

        item.State = BatchItemState.Active;
    }

    private void DropExpired(TimeSpan now, ICollection<TItem> expired)
    {
        while (_deadlines.Min is { } item && item.Deadline <= now + _rates.TimeOf(item.Key, item.Rows - item.TakenRows))
        {
            Leave(item, BatchItemState.Expired);
            expired.Add(item);
        }
    }

    private int LimitOf(BatchLane lane) => lane.BatchRows > 0 ? Math.Min(lane.BatchRows, options.MaxBatchRows) : options.MaxBatchRows;

    private int RowsOf(BatchLane lane) => _arrivals.Sum(item => TenantQueue<TItem>.LaneOf(item) == lane ? item.Rows - item.TakenRows : 0);

    private BatchEnd EndOf(BatchLane lane, int left, bool delayed) =>
        lane.Sharing == BatchSharing.None ? BatchEnd.Alone
        : left == 0 || _rotation.Waiting.Any(tenant => tenant.HeadOf(lane) is not null) ? BatchEnd.Full
        : delayed ? BatchEnd.Delay
        : QueuedRows > 0 ? BatchEnd.OtherKeys
        : BatchEnd.Drained;

    /// <summary>Rows of a request that shares with nothing, which ends its tenant's turn.</summary>
    private BatchSlice<TItem> TakeAlone(TenantQueue<TItem> tenant, TItem item, int limit)
    {
        int first = item.TakenRows;
        int rows = 0;
        while (item.TakenRows < item.Rows && item.NextPart(limit) is var part && rows + part <= limit)
        {
            TakeRows(tenant, item, part);
            rows += part;
        }

        _rotation.Charge(tenant, rows);
        return new BatchSlice<TItem>(item, first, rows);
    }

    private void TakeRows(TenantQueue<TItem> tenant, TItem item, int count)
    {
        item.TakenRows += count;
        tenant.Rows -= count;
        QueuedRows -= count;
        if (item.TakenRows == item.Rows)
        {
            Remove(tenant, item);
        }
    }

    private bool Leave(TItem item, BatchItemState state)
    {
        if (item.State != BatchItemState.Active)
        {
            return false;
        }

        item.State = state;
        if (item.TakenRows < item.Rows)
        {
            TenantQueue<TItem> tenant = _tenants[item.Tenant];
            tenant.Rows -= item.Rows - item.TakenRows;
            QueuedRows -= item.Rows - item.TakenRows;
            Remove(tenant, item);
            if (tenant.IsEmpty)
            {
                _rotation.Leave(tenant);
            }
        }

        return true;
    }

    private void Remove(TenantQueue<TItem> tenant, TItem item)
    {
        _arrivals.Remove(item);
        _deadlines.Remove(item);
        tenant.Remove(item);
        if (tenant.IsEmpty)
        {
            _tenants.Remove(item.Tenant);
        }
    }
}

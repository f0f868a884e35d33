namespace Sjc.ScoreServer.Batching;

/// <summary>Decides which rows of which requests go through the network next. Holds no threads and no tensors; one caller at a time.</summary>
/// <remarks>
/// Clients take turns of <see cref="BatchingOptions.RowsPerTurn"/> rows; the client whose turn it is decides the batch's key, and others
/// whose oldest request has that key fill it up. A client's requests are launched in order. A deterministic request has batches of
/// its own, cut from its first row on, so that what it is evaluated with is a function of the request alone.
/// </remarks>
/// <param name="options">Bounds.</param>
/// <param name="time">For deadlines.</param>
internal sealed class BatchQueue<TItem>(BatchingOptions options, TimeProvider time)
    where TItem : BatchItem
{
    private readonly Dictionary<object, LinkedList<TItem>> _itemsByClient = [];

    /// <summary>Clients that have waiting rows, the one whose turn it is first.</summary>
    private readonly LinkedList<object> _rotation = [];

    /// <summary>Rows accepted and not yet launched.</summary>
    public int QueuedRows { get; private set; }

    /// <summary>Rows launched and not yet evaluated.</summary>
    public int RunningRows { get; private set; }

    /// <summary>Accepts a request unless its rows would overflow the queue.</summary>
    /// <returns>Whether it was accepted.</returns>
    public bool TryEnqueue(TItem item)
    {
        if (item.State != BatchItemState.New)
        {
            throw new ArgumentException($"{nameof(item)} must be new, but is {item.State}.", nameof(item));
        }

        if (item.Rows > options.QueueCapacityRows - QueuedRows)
        {
            return false;
        }

        if (!_itemsByClient.TryGetValue(item.Client, out LinkedList<TItem>? items))
        {
            _itemsByClient[item.Client] = items = [];
            _rotation.AddLast(item.Client);
        }

        items.AddLast(item);
        item.State = BatchItemState.Active;
        QueuedRows += item.Rows;
        return true;
    }

    /// <summary>Gives a request up: rows that wait leave the queue, rows that are being evaluated are for nothing.</summary>
    /// <returns>Whether it was active until now.</returns>
    public bool Cancel(TItem item) => Leave(item, BatchItemState.Cancelled);

    /// <summary>The next batch, or null when no rows wait.</summary>
    /// <param name="expired">Receives requests whose deadline passed.</param>
    public Batch<TItem>? Take(ICollection<TItem> expired)
    {
        DropExpired(expired);
        if (_rotation.First is not { } first)
        {
            return null;
        }

        TItem head = _itemsByClient[first.Value].First!.Value;
        List<BatchSlice<TItem>> slices = head.Deterministic ? [TakeRows(head, options.MaxBatchRows)] : Fill(head.Key);
        Batch<TItem> batch = new(head.Key, slices);
        RunningRows += batch.Rows;
        return batch;
    }

    /// <summary>Records that a batch was evaluated.</summary>
    /// <param name="batch">From <see cref="Take"/>.</param>
    /// <param name="completed">Receives requests all of whose rows are evaluated now.</param>
    public void Complete(Batch<TItem> batch, ICollection<TItem> completed)
    {
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

    /// <summary>Records that a batch failed: its requests leave the queue.</summary>
    /// <param name="batch">From <see cref="Take"/>.</param>
    /// <param name="failed">Receives the requests that were active until now.</param>
    public void Fail(Batch<TItem> batch, ICollection<TItem> failed)
    {
        RunningRows -= batch.Rows;
        foreach (BatchSlice<TItem> slice in batch.Slices)
        {
            if (Leave(slice.Item, BatchItemState.Cancelled))
            {
                failed.Add(slice.Item);
            }
        }
    }

    private void DropExpired(ICollection<TItem> expired)
    {
        DateTimeOffset now = time.GetUtcNow();
        List<TItem> late = [];
        foreach (LinkedList<TItem> items in _itemsByClient.Values)
        {
            late.AddRange(items.Where(item => item.Deadline <= now));
        }

        foreach (TItem item in late)
        {
            Leave(item, BatchItemState.Expired);
            expired.Add(item);
        }
    }

    /// <summary>Turns of the clients whose oldest request has the key, until the batch is full; the others keep their places.</summary>
    private List<BatchSlice<TItem>> Fill(BatchKey key)
    {
        List<BatchSlice<TItem>> slices = [];
        int left = options.MaxBatchRows;
        while (left > 0 && NextOf(key) is { } item)
        {
            BatchSlice<TItem> slice = TakeRows(item, Math.Min(left, options.RowsPerTurn));
            Append(slices, slice);
            left -= slice.Count;
        }

        return slices;
    }

    private TItem? NextOf(BatchKey key)
    {
        foreach (object client in _rotation)
        {
            TItem item = _itemsByClient[client].First!.Value;
            if (!item.Deterministic && item.Key == key)
            {
                return item;
            }
        }

        return null;
    }

    /// <summary>Takes rows of the request at the head of its client's list, which ends the client's turn.</summary>
    private BatchSlice<TItem> TakeRows(TItem item, int most)
    {
        BatchSlice<TItem> slice = new(item, item.TakenRows, Math.Min(most, item.Rows - item.TakenRows));
        item.TakenRows += slice.Count;
        QueuedRows -= slice.Count;
        _rotation.Remove(item.Client);
        _rotation.AddLast(item.Client);
        if (item.TakenRows == item.Rows)
        {
            Remove(item);
        }

        return slice;
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
            QueuedRows -= item.Rows - item.TakenRows;
            Remove(item);
        }

        return true;
    }

    private void Remove(TItem item)
    {
        LinkedList<TItem> items = _itemsByClient[item.Client];
        items.Remove(item);
        if (items.Count == 0)
        {
            _itemsByClient.Remove(item.Client);
            _rotation.Remove(item.Client);
        }
    }

    /// <summary>Joins a slice with the one of the same request that it continues, if that is there.</summary>
    private static void Append(List<BatchSlice<TItem>> slices, BatchSlice<TItem> slice)
    {
        int index = slices.FindLastIndex(candidate => ReferenceEquals(candidate.Item, slice.Item));
        if (index >= 0)
        {
            slices[index] = slices[index] with { Count = slices[index].Count + slice.Count };
        }
        else
        {
            slices.Add(slice);
        }
    }
}

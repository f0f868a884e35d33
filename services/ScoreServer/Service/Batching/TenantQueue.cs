namespace Sjc.ScoreServer.Batching;

/// <summary>What waits of one tenant, earliest due first, and what it may still take in its turn.</summary>
internal sealed class TenantQueue<TItem>(string name, TenantShare share)
    where TItem : BatchItem
{
    private static readonly Comparer<TItem> ByDue = Comparer<TItem>.Create(
        (a, b) => a.Due == b.Due ? a.Sequence.CompareTo(b.Sequence) : a.Due.CompareTo(b.Due));

    private readonly Dictionary<BatchLane, SortedSet<TItem>> _lanes = [];

    public string Name { get; } = name;

    public TenantShare Share { get; } = share;

    /// <summary>Rows that wait.</summary>
    public int Rows { get; set; }

    /// <summary>Rows that its turns allow and that it has not taken yet.</summary>
    public double Deficit { get; set; }

    /// <summary>This round's rows are part of <see cref="Deficit"/> already.</summary>
    public bool IsCredited { get; set; }

    /// <summary>What it is behind by, in proportion to its weight.</summary>
    public double Lag => Deficit / Share.Weight;

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => _lanes.Count == 0;

    /// <summary>Its rows of the current round included.</summary>
    public double Owed(double quantum) => Deficit + (IsCredited ? 0 : quantum * Share.Weight);

    /// <summary>The request that goes first; the queue is not empty.</summary>
    public TItem Head
    {
        get
        {
            TItem? head = null;
            foreach (SortedSet<TItem> lane in _lanes.Values)
            {
                TItem first = lane.Min!;
                head = head is null || ByDue.Compare(first, head) < 0 ? first : head;
            }

            return head!;
        }
    }

    /// <summary>The request of a lane that goes first; null where none waits.</summary>
    public TItem? HeadOf(BatchLane lane) => _lanes.TryGetValue(lane, out SortedSet<TItem>? items) ? items.Min : null;

    /// <summary>Rows of the tenant, of the same lane, that go before a request.</summary>
    public int RowsBefore(TItem item) => _lanes.TryGetValue(LaneOf(item), out SortedSet<TItem>? items)
        ? items.TakeWhile(other => ByDue.Compare(other, item) < 0).Sum(other => other.Rows - other.TakenRows)
        : 0;

    /// <summary>A round adds rows once.</summary>
    /// <param name="quantum">For weight 1.</param>
    public void Credit(double quantum)
    {
        if (!IsCredited)
        {
            Deficit += quantum * Share.Weight;
            IsCredited = true;
        }
    }

    public void Add(TItem item)
    {
        if (!_lanes.TryGetValue(LaneOf(item), out SortedSet<TItem>? items))
        {
            _lanes[LaneOf(item)] = items = new SortedSet<TItem>(ByDue);
        }

        items.Add(item);
    }

    public void Remove(TItem item)
    {
        SortedSet<TItem> items = _lanes[LaneOf(item)];
        items.Remove(item);
        if (items.Count == 0)
        {
            _lanes.Remove(LaneOf(item));
        }
    }

    /// <summary>What an item may share a batch with.</summary>
    public static BatchLane LaneOf(TItem item) => new(item.Key, item.Sharing, item.BatchRows);
}

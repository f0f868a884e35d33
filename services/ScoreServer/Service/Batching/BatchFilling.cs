namespace Sjc.ScoreServer.Batching;

/// <summary>Rounds of turns that fill one batch, and the order of the tenants after it.</summary>
/// <param name="rotation">Tenants that wait, the one whose turn it is first; reordered.</param>
/// <param name="lane">What the batch holds.</param>
/// <param name="quantum">Rows of a turn for weight 1.</param>
/// <param name="limit">Most rows.</param>
/// <param name="take">Hands rows out.</param>
/// <param name="endRound">Each tenant has had its turn; gives the next round's rows for weight 1.</param>
internal sealed class BatchFilling<TItem>(List<TenantQueue<TItem>> rotation, BatchLane lane, double quantum, int limit, Action<TenantQueue<TItem>, TItem, int> take, Func<double> endRound)
    where TItem : BatchItem
{
    /// <summary>Fractions of rows add up to whole ones, but for rounding.</summary>
    public const double Tolerance = 1e-6;

    private readonly List<BatchSlice<TItem>> _slices = [];
    private readonly List<TenantQueue<TItem>> _served = [];
    private readonly int _limit = limit;
    private double _quantum = quantum;
    private int _left = limit;

    /// <summary>Fills the batch: as long as anything of the lane fits there is another round. A round that the batch's end cuts off goes on
    /// in the next batch.</summary>
    public List<BatchSlice<TItem>> Run()
    {
        while (Round())
        {
            _quantum = endRound();
        }

        // Among those that are equally far behind, whoever was served last goes last.
        foreach (TenantQueue<TItem> tenant in _served)
        {
            rotation.Remove(tenant);
            rotation.Add(tenant);
        }

        return _slices;
    }

    /// <summary>One turn for each tenant.</summary>
    /// <returns>Whether something of the lane fits still.</returns>
    private bool Round()
    {
        bool goesOn = false;
        foreach (TenantQueue<TItem> tenant in rotation)
        {
            if (_left == 0)
            {
                return false;
            }

            tenant.Credit(_quantum);
            goesOn |= Turn(tenant);
        }

        return goesOn;
    }

    /// <summary>The tenant takes what it may.</summary>
    /// <returns>Whether it could take more in another round.</returns>
    private bool Turn(TenantQueue<TItem> tenant)
    {
        bool fits = false;
        while (tenant.HeadOf(lane) is { } item && item.NextPart(_limit) is var part && part <= _left)
        {
            if (part > tenant.Deficit + Tolerance)
            {
                fits = true;
                break;
            }

            Append(new BatchSlice<TItem>(item, item.TakenRows, part));
            tenant.Deficit -= part;
            _left -= part;
            take(tenant, item, part);
            _served.Remove(tenant);
            _served.Add(tenant);
        }

        return fits;
    }

    /// <summary>Joins a slice with the one of the same request that it continues, if that is there.</summary>
    private void Append(BatchSlice<TItem> slice)
    {
        int index = _slices.FindLastIndex(candidate => ReferenceEquals(candidate.Item, slice.Item));
        if (index >= 0)
        {
            _slices[index] = _slices[index] with { Count = _slices[index].Count + slice.Count };
        }
        else
        {
            _slices.Add(slice);
        }
    }
}

namespace Sjc.ScoreServer.Batching;

/// <summary>Rounds of turns that fill one batch, and the order of the tenants after it.</summary>
/// <param name="rotation">Whose turn it is.</param>
/// <param name="lane">What the batch holds.</param>
/// <param name="limit">Most rows.</param>
/// <param name="take">Hands rows out.</param>
internal sealed class BatchFilling<TItem>(TenantRotation<TItem> rotation, BatchLane lane, int limit, Action<TenantQueue<TItem>, TItem, int> take)
    where TItem : BatchItem
{
    private readonly List<BatchSlice<TItem>> _slices = [];
    private readonly List<TenantQueue<TItem>> _served = [];
    private readonly int _limit = limit;
    private int _left = limit;

    /// <summary>Fills the batch: as long as anything of the lane fits there is another round. A round that the batch's end cuts off goes on
    /// in the next batch.</summary>
    public List<BatchSlice<TItem>> Run()
    {
        while (Round())
        {
            rotation.EndRound();
        }

        // Among those that are equally far behind, whoever was served last goes last.
        _served.ForEach(rotation.PutLast);

        return _slices;
    }

    /// <summary>One turn for each tenant.</summary>
    /// <returns>Whether something of the lane fits still.</returns>
    private bool Round()
    {
        bool goesOn = false;
        foreach (TenantQueue<TItem> tenant in rotation.Waiting)
        {
            if (_left == 0)
            {
                return false;
            }

            rotation.Credit(tenant);
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
            if (part > tenant.Deficit + TenantRotation<TItem>.Tolerance)
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

namespace Sjc.ScoreServer.Batching;

/// <summary>Tenants that have waiting rows, the one whose turn it is first, and the rounds of turns that allow them rows.</summary>
/// <param name="options">Rows of a turn, and of a round.</param>
internal sealed class TenantRotation<TItem>(BatchingOptions options)
    where TItem : BatchItem
{
    /// <summary>Fractions of rows add up to whole ones, but for rounding.</summary>
    public const double Tolerance = 1e-6;

    private const int MaxAbsent = 1024;

    private readonly List<TenantQueue<TItem>> _waiting = [];

    /// <summary>What tenants were behind by when they left, that round's rows included, and what the rounds before it had allowed, so that leaving and
    /// coming back gains no more than one round's rows: without these a tenant of small requests that fit where no other does would wait long for
    /// having filled the batches up.</summary>
    private readonly Dictionary<string, (double Lag, double Credited)> _absent = new(StringComparer.Ordinal);

    /// <summary>Rows that the rounds so far allowed to a tenant of weight 1 that was there all the time.</summary>
    private double _credited;

    /// <summary>Rows that this round allows to a tenant of weight 1.</summary>
    private double _quantum;

    /// <summary>The tenants in the order of their turns.</summary>
    public IReadOnlyList<TenantQueue<TItem>> Waiting => _waiting;

    /// <summary>A tenant has rows that wait. It is as far behind as the furthest of those that are there, unless it has just been served.</summary>
    public void Join(TenantQueue<TItem> tenant)
    {
        double furthest = _waiting.Count == 0 ? 0 : _waiting.Max(other => other.Lag);
        double lag = _absent.Remove(tenant.Name, out (double Lag, double Credited) left)
            ? Math.Min(furthest, left.Lag + _credited - left.Credited)
            : furthest;
        tenant.Deficit = lag * tenant.Share.Weight;
        _waiting.Add(tenant);
        _quantum = _waiting.Count == 1 ? Quantum() : _quantum;
    }

    /// <summary>A tenant has no more rows that wait.</summary>
    public void Leave(TenantQueue<TItem> tenant)
    {
        if (_absent.Count == MaxAbsent)
        {
            _absent.Clear();
        }

        _absent[tenant.Name] = (tenant.Owed(_quantum) / tenant.Share.Weight, _credited);
        _waiting.Remove(tenant);
    }

    /// <summary>A batch has been put together: what it gave away for nothing is not counted, and tenants whose last rows have been taken leave.</summary>
    public void EndBatch()
    {
        Forgive();
        TakeBack();
        _waiting.FindAll(tenant => tenant.IsEmpty).ForEach(Leave);
    }

    /// <summary>Whoever is furthest behind its fair part of the rows served so far first; insertion keeps the order of equals, and is quick
    /// where little has changed.</summary>
    public void Sort()
    {
        double owed = OwedToWeight1();
        for (int i = 1; i < _waiting.Count; i++)
        {
            TenantQueue<TItem> tenant = _waiting[i];
            double behind = Behind(tenant, owed);
            int at = i;
            for (; at > 0 && Behind(_waiting[at - 1], owed) < behind - Tolerance; at--)
            {
                _waiting[at] = _waiting[at - 1];
            }

            _waiting[at] = tenant;
        }
    }

    /// <summary>A tenant's turn of this round begins.</summary>
    public void Credit(TenantQueue<TItem> tenant) => tenant.Credit(_quantum);

    /// <summary>Begins a new round, whose rows in all are at most a batch: then all have a turn in about one.</summary>
    public void EndRound()
    {
        _credited += _quantum;
        _waiting.ForEach(tenant => tenant.IsCredited = false);
        _quantum = Quantum();
    }

    /// <summary>Charges a tenant for rows taken beside the turns, after as many rounds as it takes to allow them: the others get theirs, and use
    /// them in batches to come.</summary>
    public void Charge(TenantQueue<TItem> tenant, int rows)
    {
        while (tenant.Deficit < rows)
        {
            _waiting.ForEach(Credit);
            EndRound();
        }

        tenant.Deficit -= rows;
        PutLast(tenant);
    }

    /// <summary>Among those that are equally far behind, this one goes last.</summary>
    public void PutLast(TenantQueue<TItem> tenant)
    {
        _waiting.Remove(tenant);
        _waiting.Add(tenant);
    }

    /// <summary>Rows that fit where no other tenant's did are rows that nobody else could have had. Whoever is a batch ahead already has them for nothing:
    /// were they counted, the others' parts of them would add up without end, and the heaviest of the others would keep the lightest waiting for ever.</summary>
    private void Forgive()
    {
        while (true)
        {
            double owed = OwedToWeight1();
            TenantQueue<TItem>? furthest = _waiting.MinBy(tenant => Behind(tenant, owed));
            if (furthest is null || Behind(furthest, owed) >= -options.MaxBatchRows - Tolerance)
            {
                return;
            }

            // What is added to what it is owed adds its part of that to its fair part.
            double others = _waiting.Sum(tenant => tenant == furthest ? 0 : tenant.Share.Weight);
            furthest.Deficit -= (Behind(furthest, owed) + options.MaxBatchRows) * (others + furthest.Share.Weight) / others;
        }
    }

    /// <summary>Takes rounds back that everybody has left over, which changes nobody's place: with rows given for nothing deficits would grow without end,
    /// and with more than a batch of them a batch is one tenant's.</summary>
    private void TakeBack()
    {
        double rounds = _waiting.Min(tenant => tenant.Lag);
        if (rounds > options.MaxBatchRows)
        {
            _waiting.ForEach(tenant => tenant.Deficit -= rounds * tenant.Share.Weight);
            _credited -= rounds;
        }
    }

    /// <summary>What a tenant of weight 1 would be owed, were nobody behind or ahead.</summary>
    private double OwedToWeight1() => _waiting.Sum(tenant => tenant.Owed(_quantum)) / _waiting.Sum(tenant => tenant.Share.Weight);

    /// <summary>Rows that a tenant is behind its fair part by; those of all add up to none.</summary>
    private double Behind(TenantQueue<TItem> tenant, double owedToWeight1) => tenant.Owed(_quantum) - (owedToWeight1 * tenant.Share.Weight);

    private double Quantum() => Math.Min(options.RowsPerTurn, (double)options.MaxBatchRows / _waiting.Sum(tenant => tenant.Share.Weight));
}

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

    /// <summary>Tenants whose last rows have been taken leave.</summary>
    public void DropEmpty() => _waiting.FindAll(tenant => tenant.IsEmpty).ForEach(Leave);

    /// <summary>Whoever is furthest behind its fair part of the rows served so far first; insertion keeps the order of equals, and is quick
    /// where little has changed.</summary>
    public void Sort()
    {
        double weights = _waiting.Sum(tenant => tenant.Share.Weight);
        double owed = _waiting.Sum(tenant => tenant.Owed(_quantum));
        double Behind(TenantQueue<TItem> tenant) => tenant.Owed(_quantum) - (owed * tenant.Share.Weight / weights);
        for (int i = 1; i < _waiting.Count; i++)
        {
            TenantQueue<TItem> tenant = _waiting[i];
            double behind = Behind(tenant);
            int at = i;
            for (; at > 0 && Behind(_waiting[at - 1]) < behind - Tolerance; at--)
            {
                _waiting[at] = _waiting[at - 1];
            }

            _waiting[at] = tenant;
        }
    }

    /// <summary>A tenant's turn of this round begins.</summary>
    public void Credit(TenantQueue<TItem> tenant) => tenant.Credit(_quantum);

    /// <summary>Begins a new round, whose rows in all are at most a batch: then shares are fair to within one.</summary>
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

    private double Quantum() => Math.Min(options.RowsPerTurn, (double)options.MaxBatchRows / _waiting.Sum(tenant => tenant.Share.Weight));
}

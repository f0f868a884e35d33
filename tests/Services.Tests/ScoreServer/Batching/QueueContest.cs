using Sjc.Diffusion;
using Sjc.ScoreServer.Batching;

namespace Sjc.Services.Tests.ScoreServer.Batching;

/// <summary>Tenants that always have work, of random weights, sizes and keys, and a modest one that has one request at a time.</summary>
internal sealed class QueueContest
{
    /// <summary>Rows of the largest image.</summary>
    public const int LargestImage = 4;

    private const int Batches = 24;

    /// <summary>Fractions of rows add up to whole ones, but for rounding.</summary>
    private const double Tolerance = 1e-3;

    private const string Modest = "modest";
    private static readonly DataShape Shape = new(3, 8, 8);

    private readonly ulong _seed;
    private readonly int[] _weights;
    private readonly BatchKey[] _keys;
    private readonly BatchingOptions _options;
    private readonly BatchQueue<BatchItem> _queue;
    private readonly int _largestImage;

    /// <summary>Rows that each is behind its weight's part of those that count.</summary>
    private readonly double[] _behind;

    private SimulationDice _dice;
    private int _modestWait;

    /// <param name="seed">Of what is random.</param>
    /// <param name="largestImage">Rows of the largest image: <see cref="LargestImage"/>, or 1, which leaves none that fit nowhere.</param>
    public QueueContest(ulong seed, int largestImage = LargestImage)
    {
        _seed = seed;
        _largestImage = largestImage;
        _dice = new SimulationDice(seed);
        int tenants = 2 + _dice.Next(4);
        int keys = 1 + _dice.Next(2);
        _weights = new int[tenants];
        _keys = new BatchKey[tenants];
        _behind = new double[tenants];
        for (int i = 0; i < tenants; i++)
        {
            _weights[i] = 1 + _dice.Next(3);
            _keys[i] = new BatchKey($"{_dice.Next(keys)}", "f32", Shape);
        }

        _options = new BatchingOptions { MaxBatchRows = 8 + _dice.Next(9), RowsPerTurn = 1 + _dice.Next(4) };
        _queue = new BatchQueue<BatchItem>(_options, tenant => new TenantShare(tenant == Modest ? 1 : _weights[int.Parse(tenant)], 65_536));
    }

    private int KeyCount => _keys.Distinct().Count();

    public void Run()
    {
        bool withModest = _dice.Next(2) == 0;
        double bound = FairnessBound.Of(_weights, _options.MaxBatchRows, _largestImage);
        TimeSpan now = TimeSpan.Zero;
        for (int batchIndex = 0; batchIndex < Batches; batchIndex++)
        {
            for (int tenant = 0; tenant < _weights.Length; tenant++)
            {
                KeepBusy(tenant, now);
            }

            if (withModest && _queue.RowsOf(Modest) == 0)
            {
                Accept(new BatchItem(Modest, _keys[_dice.Next(_keys.Length)], 2) { DrawRows = 2, ImageRows = 2 }, now);
                _modestWait = 0;
            }

            Batch<BatchItem> batch = _queue.Take(now, [])!;
            now += TimeSpan.FromSeconds(1);
            _queue.Complete(batch, batch.Rows, now, []);
            Count(batch);
            if (!withModest)
            {
                CheckShares(batch, bound);
            }
        }
    }

    private void KeepBusy(int tenant, TimeSpan now)
    {
        while (_queue.RowsOf($"{tenant}") < 4 * _options.MaxBatchRows)
        {
            int draw = Math.Min(1 + _dice.Next(2), _largestImage);
            int image = Math.Min(draw * (1 + _dice.Next(2)), _largestImage);
            Accept(new BatchItem($"{tenant}", _keys[tenant], image * (1 + _dice.Next(4))) { DrawRows = draw, ImageRows = image }, now);
        }
    }

    private void Accept(BatchItem item, TimeSpan now) => Require(_queue.TryEnqueue(item, now) == EnqueueResult.Accepted, "A request must be accepted");

    private void Count(Batch<BatchItem> batch)
    {
        Require(batch.Rows > _options.MaxBatchRows - LargestImage, "A batch must be filled where rows wait");
        bool modest = batch.Slices.Any(slice => slice.Item.Tenant == Modest);
        _modestWait += modest || _queue.RowsOf(Modest) == 0 ? 0 : 1;

        // Those behind it in the round go first once, in as many batches as there are keys and their turns take.
        int turns = _weights.Sum(weight => (weight * _options.RowsPerTurn) + 4);
        int bound = (turns / (_options.MaxBatchRows - 3)) + 1 + (2 * KeyCount);
        Require(_modestWait <= bound, $"A modest tenant must wait for at most {bound} batches");
    }

    /// <summary>The rules that <see cref="FairnessBound"/> follows from, and the bound itself.</summary>
    private void CheckShares(Batch<BatchItem> batch, double bound)
    {
        Span<int> got = stackalloc int[_weights.Length];
        got.Clear();
        foreach (BatchSlice<BatchItem> slice in batch.Slices)
        {
            got[int.Parse(slice.Item.Tenant)] += slice.Count;
        }

        CheckFurthest(batch, got);
        double weights = _weights.Sum();
        for (int tenant = 0; tenant < _weights.Length; tenant++)
        {
            _behind[tenant] += (batch.Rows * _weights[tenant] / weights) - got[tenant];
        }

        Forgive(weights);
        Require(_behind.Max() <= bound + Tolerance, $"Tenants must be behind by at most {bound:F1} rows, but one is by {_behind.Max():F1}; that rule");
    }

    /// <summary>One of those furthest behind has chosen the lane, and has got what it is behind by, or all but what its next image did not fit into.</summary>
    private void CheckFurthest(Batch<BatchItem> batch, ReadOnlySpan<int> got)
    {
        double furthest = _behind.Max();
        bool holds = false;
        for (int tenant = 0; tenant < _weights.Length; tenant++)
        {
            bool first = _keys[tenant] == batch.Key && _behind[tenant] > furthest - Tolerance;
            holds |= first && got[tenant] > Math.Min(furthest + Tolerance, batch.Rows) - _largestImage;
        }

        Require(holds, "Whoever is furthest behind must go first");
    }

    /// <summary>What a tenant gets beyond a batch ahead is what no other could use, less than an image of a batch, and does not count: it changes nobody's part.</summary>
    private void Forgive(double weights)
    {
        while (Array.FindIndex(_behind, behind => behind < -_options.MaxBatchRows - Tolerance) is >= 0 and int ahead)
        {
            double excess = -_options.MaxBatchRows - _behind[ahead];
            Require(excess < _largestImage, $"A tenant must be ahead by at most a batch and what no other can use, but is by {excess:F1} more; that rule");
            double forgiven = excess * weights / (weights - _weights[ahead]);
            _behind[ahead] += forgiven;
            for (int tenant = 0; tenant < _weights.Length; tenant++)
            {
                _behind[tenant] -= forgiven * _weights[tenant] / weights;
            }
        }
    }

    private void Require(bool condition, string rule)
    {
        if (!condition)
        {
            Assert.Fail($"{rule}, but does not with seed {_seed}.");
        }
    }
}

using Sjc.Diffusion;
using Sjc.ScoreServer.Batching;

namespace Sjc.Services.Tests.ScoreServer.Batching;

/// <summary>Tenants that always have work, of random weights, sizes and keys, and a modest one that has one request at a time.</summary>
internal sealed class QueueContest
{
    private const int Batches = 24;
    private const string Modest = "modest";
    private static readonly DataShape Shape = new(3, 8, 8);

    private readonly ulong _seed;
    private readonly int[] _weights;
    private readonly BatchKey[] _keys;
    private readonly BatchingOptions _options;
    private readonly BatchQueue<BatchItem> _queue;
    private readonly double[] _served;
    private SimulationDice _dice;
    private int _modestWait;

    public QueueContest(ulong seed)
    {
        _seed = seed;
        _dice = new SimulationDice(seed);
        int tenants = 2 + _dice.Next(4);
        int keys = 1 + _dice.Next(2);
        _weights = new int[tenants];
        _keys = new BatchKey[tenants];
        _served = new double[tenants];
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
                CheckShares();
            }
        }
    }

    private void KeepBusy(int tenant, TimeSpan now)
    {
        while (_queue.RowsOf($"{tenant}") < 4 * _options.MaxBatchRows)
        {
            int draw = 1 + _dice.Next(2);
            int image = draw * (1 + _dice.Next(2));
            Accept(new BatchItem($"{tenant}", _keys[tenant], image * (1 + _dice.Next(4))) { DrawRows = draw, ImageRows = image }, now);
        }
    }

    private void Accept(BatchItem item, TimeSpan now) => Require(_queue.TryEnqueue(item, now) == EnqueueResult.Accepted, "A request must be accepted");

    private void Count(Batch<BatchItem> batch)
    {
        Require(batch.Rows > _options.MaxBatchRows - 4, "A batch must be filled where rows wait"); // the largest image has 4 rows
        bool modest = false;
        foreach (BatchSlice<BatchItem> slice in batch.Slices)
        {
            modest |= slice.Item.Tenant == Modest;
            if (slice.Item.Tenant != Modest)
            {
                _served[int.Parse(slice.Item.Tenant)] += slice.Count;
            }
        }

        _modestWait += modest || _queue.RowsOf(Modest) == 0 ? 0 : 1;

        // Those behind it in the round go first once, in as many batches as there are keys and their turns take.
        int turns = _weights.Sum(weight => (weight * _options.RowsPerTurn) + 4);
        int bound = (turns / (_options.MaxBatchRows - 3)) + 1 + (2 * KeyCount);
        Require(_modestWait <= bound, $"A modest tenant must wait for at most {bound} batches");
    }

    /// <summary>What each tenant has got differs by at most a batch from its weight's part of the whole.</summary>
    private void CheckShares()
    {
        double total = _served.Sum();
        double weights = _weights.Sum();
        for (int tenant = 0; tenant < _weights.Length; tenant++)
        {
            double fair = total * _weights[tenant] / weights;
            Require(Math.Abs(_served[tenant] - fair) <= _options.MaxBatchRows, $"Tenant {tenant} must be within a batch ({_options.MaxBatchRows}) of {fair:F1} rows, but has {_served[tenant]}; that rule");
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

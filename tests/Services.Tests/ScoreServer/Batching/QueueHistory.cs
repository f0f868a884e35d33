using Sjc.Diffusion;
using Sjc.ScoreServer.Batching;

namespace Sjc.Services.Tests.ScoreServer.Batching;

/// <summary>One random history: whatever happens, every accepted request ends once, and each of its rows is evaluated once, in order, in
/// batches that keep the rules.</summary>
internal sealed class QueueHistory
{
    private const int Steps = 30;
    private static readonly BatchKey[] Keys = [new("a", "f32", new DataShape(3, 8, 8)), new("b", "f32", new DataShape(3, 8, 8))];
    private static readonly string[] Tenants = ["a", "b", "c", "d"];

    private readonly ulong _seed;
    private readonly BatchingOptions _options;
    private readonly BatchQueue<BatchItem> _queue;
    private readonly List<Batch<BatchItem>> _running = [];
    private readonly Dictionary<BatchItem, int> _nextRow = [];
    private readonly Dictionary<BatchItem, BatchItemState> _ends = [];
    private readonly List<BatchItem> _accepted = [];
    private SimulationDice _dice;
    private TimeSpan _now;

    public QueueHistory(ulong seed)
    {
        _seed = seed;
        _dice = new SimulationDice(seed);
        int most = 2 + _dice.Next(9);
        _options = new BatchingOptions
        {
            MaxBatchRows = most,
            RowsPerTurn = 1 + _dice.Next(5),
            QueueCapacityRows = 40,
            TenantCapacityRows = 24,
            MaxDelay = TimeSpan.FromSeconds(_dice.Next(4) == 0 ? 2 : 0),
        };
        _queue = new BatchQueue<BatchItem>(_options, tenant => new TenantShare(tenant == "a" ? 2 : 1, _options.TenantCapacityRows));
    }

    public void Run()
    {
        for (int step = 0; step < Steps; step++)
        {
            Step();
            Require(_queue.QueuedRows <= _options.QueueCapacityRows, "The queue must keep its bound");
            if (step % 10 == 0)
            {
                CheckCounts();
            }
        }

        Drain();
        CheckCounts();
        Require(_queue.QueuedRows == 0 && _queue.RunningRows == 0, "A drained queue must be empty");
        foreach (BatchItem item in _accepted)
        {
            Require(_ends.TryGetValue(item, out BatchItemState end) && end == item.State, "Every accepted request must end");
            Require(end != BatchItemState.Completed || _nextRow[item] == item.Rows, "A completed request must have been evaluated whole");
        }
    }

    private void CheckCounts()
    {
        int queued = _accepted.Where(item => item.State == BatchItemState.Active).Sum(item => item.Rows - _nextRow[item]);
        Require(_queue.QueuedRows == queued && _queue.RunningRows == _running.Sum(batch => batch.Rows), "The queue must count its rows");
        Require(Tenants.Sum(_queue.RowsOf) == queued, "The queue must count its tenants' rows");
    }

    private void Step()
    {
        switch (_dice.Next(8))
        {
            case 0 or 1 or 2:
                Arrive();
                break;
            case 3 when _accepted.Count > 0:
                BatchItem victim = _accepted[_dice.Next(_accepted.Count)];
                if (_queue.Cancel(victim))
                {
                    End(victim, BatchItemState.Cancelled);
                }

                break;
            case 4:
                _now += TimeSpan.FromSeconds(_dice.Next(4));
                break;
            case 5 when _running.Count > 0:
                Finish(fails: _dice.Next(6) == 0);
                break;
            default:
                Launch();
                break;
        }
    }

    private void Arrive()
    {
        int draw = 1 + _dice.Next(2);
        int image = draw * (1 + _dice.Next(3));
        BatchSharing sharing = (BatchSharing)Math.Max(_dice.Next(6) - 3, 0);
        BatchItem item = new(Tenants[_dice.Next(Tenants.Length)], Keys[_dice.Next(Keys.Length)], image * (1 + _dice.Next(4)))
        {
            DrawRows = draw,
            ImageRows = image,
            Sharing = sharing,
            BatchRows = sharing == BatchSharing.Padded ? 2 : 0,
            Priority = (Priority)_dice.Next(2),
            Deadline = _dice.Next(3) == 0 ? _now + TimeSpan.FromSeconds(_dice.Next(6)) : TimeSpan.MaxValue,
        };
        bool fits = _queue.QueuedRows + item.Rows <= _options.QueueCapacityRows && _queue.RowsOf(item.Tenant) + item.Rows <= _options.TenantCapacityRows;
        EnqueueResult result = _queue.TryEnqueue(item, _now);
        Require(result is EnqueueResult.Accepted or EnqueueResult.TooLate == fits, "A request must be accepted where it fits");
        Require(result != EnqueueResult.TooLate || item.Deadline != TimeSpan.MaxValue, "Only a deadline may be too near");
        if (result == EnqueueResult.Accepted)
        {
            _accepted.Add(item);
            _nextRow[item] = 0;
        }
    }

    private bool Launch()
    {
        List<BatchItem> expired = [];
        Batch<BatchItem>? batch = _queue.Take(_now, expired);
        foreach (BatchItem item in expired)
        {
            Require(item.Deadline != TimeSpan.MaxValue, "Only requests with deadlines may expire");
            End(item, BatchItemState.Expired);
        }

        if (batch is null)
        {
            Require(_queue.QueuedRows == 0 || (_options.MaxDelay > TimeSpan.Zero && _queue.WakeAt > _now), "Rows that wait must be launched");
            return false;
        }

        int most = batch.Slices[0].Item.BatchRows is > 0 and int own ? own : _options.MaxBatchRows;
        Require(batch.Rows >= 1 && batch.Rows <= Math.Max(most, batch.Slices[0].Item.DrawRows), "A batch must keep its bound");
        foreach (BatchSlice<BatchItem> slice in batch.Slices)
        {
            Check(batch, slice, most);
        }

        _running.Add(batch);
        return true;
    }

    private void Check(Batch<BatchItem> batch, BatchSlice<BatchItem> slice, int most)
    {
        BatchItem item = slice.Item;
        Require(item.Key == batch.Key && item.Sharing == batch.Sharing, "A batch must hold one key and one kind of sharing");
        Require(item.State == BatchItemState.Active && item.Deadline > _now, "A batch must hold live requests alone");
        Require(slice.FirstRow == _nextRow[item] && slice.Count >= 1 && slice.Count <= item.Rows - slice.FirstRow, "Rows must be launched once and in order");
        int unit = item.ImageRows <= most ? item.ImageRows : item.DrawRows;
        Require(slice.FirstRow % unit == 0 && slice.Count % unit == 0, "An image's parts must stay together");
        Require(item.Sharing != BatchSharing.None || batch.Slices.Count == 1, "A request that shares with nothing must be alone");
        _nextRow[item] += slice.Count;
    }

    private void Finish(bool fails)
    {
        Batch<BatchItem> batch = _running[0];
        _running.RemoveAt(0);
        if (fails)
        {
            foreach (BatchSlice<BatchItem> slice in batch.Slices)
            {
                if (_queue.Cancel(slice.Item))
                {
                    End(slice.Item, BatchItemState.Cancelled);
                }
            }
        }

        List<BatchItem> completed = [];
        _queue.Complete(batch, fails ? 0 : batch.Rows, _now, completed);
        completed.ForEach(item => End(item, BatchItemState.Completed));
    }

    private void Drain()
    {
        while (_queue.QueuedRows > 0)
        {
            if (!Launch() && _queue.WakeAt is { } wake)
            {
                _now = wake;
            }
        }

        while (_running.Count > 0)
        {
            Finish(fails: false);
        }
    }

    private void End(BatchItem item, BatchItemState state) => Require(_ends.TryAdd(item, state), "A request must end once");

    private void Require(bool condition, string rule)
    {
        if (!condition)
        {
            Assert.Fail($"{rule}, but does not with seed {_seed}.");
        }
    }
}

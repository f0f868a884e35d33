using Microsoft.Extensions.Time.Testing;
using Sjc.Diffusion;
using Sjc.Numerics;
using Sjc.ScoreServer.Batching;

namespace Sjc.Services.Tests.ScoreServer.Batching;

/// <summary>Random histories of arrivals, cancellations, deadlines, batches and failures: whatever happens, every accepted request
/// ends once, and each of its rows is evaluated once, in order, in batches that keep the rules.</summary>
public sealed class BatchQueueSimulationTests
{
    private const int Seeds = 3000;
    private const int Steps = 80;
    private static readonly BatchKey[] Keys = [new("a", "f32", new DataShape(3, 8, 8)), new("b", "f32", new DataShape(3, 8, 8))];

    [Fact]
    public void RandomHistories_ThousandsOfSeeds_NothingLostDoubledOrSwapped()
    {
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            new History(seed).Run();
        }
    }

    [Fact]
    public void BusyClients_NobodyWaitsForMoreThanARoundOfTurns()
    {
        const int Clients = 20;
        BatchQueue<BatchItem> queue = new(new BatchingOptions { MaxBatchRows = 8, RowsPerTurn = 4, QueueCapacityRows = 60_000 }, TimeProvider.System);
        Assert.All(Enumerable.Range(0, Clients), client => Assert.True(queue.TryEnqueue(new BatchItem(client, Keys[client % 2], 1000))));
        Dictionary<object, int> lastServed = [];

        for (int batchIndex = 0; batchIndex < 400; batchIndex++)
        {
            foreach (BatchSlice<BatchItem> slice in queue.Take([])!.Slices)
            {
                int waited = batchIndex - lastServed.GetValueOrDefault(slice.Item.Client);
                // Two clients of a key share a batch, so that a round of 20 clients takes 10 batches; the turn order may slip by one batch.
                Assert.True(waited <= Clients, $"Client {slice.Item.Client} waited for {waited} batches.");
                lastServed[slice.Item.Client] = batchIndex;
            }
        }

        Assert.Equal(Clients, lastServed.Count);
    }

    private sealed class History(ulong seed)
    {
        private readonly FakeTimeProvider _time = new();
        private readonly BatchingOptions _options = new()
        {
            MaxBatchRows = 1 + new RandomKey(seed, RandomStream.Pictures).UniformInteger(0, 9),
            RowsPerTurn = 1 + new RandomKey(seed, RandomStream.Pictures).UniformInteger(1, 5),
            QueueCapacityRows = 40,
        };

        private readonly Dictionary<BatchItem, int> _nextRow = [];
        private readonly Dictionary<BatchItem, BatchItemState> _ends = [];
        private readonly List<BatchItem> _accepted = [];
        private uint _draws;

        public void Run()
        {
            BatchQueue<BatchItem> queue = new(_options, _time);
            List<Batch<BatchItem>> running = [];
            for (int step = 0; step < Steps; step++)
            {
                Step(queue, running);
                Require(queue.QueuedRows <= _options.QueueCapacityRows, "The queue must keep its bound");
                if (step % 10 == 0)
                {
                    int queued = _accepted.Where(item => item.State == BatchItemState.Active).Sum(item => item.Rows - _nextRow[item]);
                    Require(queue.QueuedRows == queued && queue.RunningRows == running.Sum(batch => batch.Rows), "The queue must count its rows");
                }
            }

            Drain(queue, running);
            Assert.Equal(0, queue.QueuedRows);
            Assert.Equal(0, queue.RunningRows);
            Assert.All(_accepted, item => Assert.Equal(_ends[item], item.State));
            Assert.All(_accepted.Where(item => item.State == BatchItemState.Completed), item => Assert.Equal(item.Rows, _nextRow[item]));
        }

        private void Step(BatchQueue<BatchItem> queue, List<Batch<BatchItem>> running)
        {
            switch (Draw(8))
            {
                case 0 or 1 or 2:
                    Arrive(queue);
                    break;
                case 3 when _accepted.Count > 0:
                    BatchItem victim = _accepted[Draw(_accepted.Count)];
                    if (queue.Cancel(victim))
                    {
                        End(victim, BatchItemState.Cancelled);
                    }

                    break;
                case 4:
                    _time.Advance(TimeSpan.FromSeconds(Draw(4)));
                    break;
                case 5 when running.Count > 0:
                    Finish(queue, running, fails: Draw(6) == 0);
                    break;
                default:
                    Launch(queue, running);
                    break;
            }
        }

        private void Arrive(BatchQueue<BatchItem> queue)
        {
            BatchItem item = new(Draw(5), Keys[Draw(Keys.Length)], 1 + Draw(20))
            {
                Deterministic = Draw(4) == 0,
                Deadline = Draw(3) == 0 ? _time.GetUtcNow().AddSeconds(Draw(6)) : DateTimeOffset.MaxValue,
            };
            bool fits = queue.QueuedRows + item.Rows <= _options.QueueCapacityRows;
            Assert.Equal(fits, queue.TryEnqueue(item));
            if (fits)
            {
                _accepted.Add(item);
                _nextRow[item] = 0;
            }
        }

        private bool Launch(BatchQueue<BatchItem> queue, List<Batch<BatchItem>> running)
        {
            List<BatchItem> expired = [];
            Batch<BatchItem>? batch = queue.Take(expired);
            foreach (BatchItem item in expired)
            {
                Require(item.Deadline <= _time.GetUtcNow(), "Requests must expire at their deadlines");
                End(item, BatchItemState.Expired);
            }

            if (batch is null)
            {
                Require(queue.QueuedRows == 0, "Rows that wait must be launched");
                return false;
            }

            Require(batch.Rows >= 1 && batch.Rows <= _options.MaxBatchRows, "A batch must keep its bound");
            foreach (BatchSlice<BatchItem> slice in batch.Slices)
            {
                Check(batch, slice);
            }

            running.Add(batch);
            return true;
        }

        private void Check(Batch<BatchItem> batch, BatchSlice<BatchItem> slice)
        {
            BatchItem item = slice.Item;
            Require(item.Key == batch.Key, "A batch must hold one key");
            Require(item.State == BatchItemState.Active && item.Deadline > _time.GetUtcNow(), "A batch must hold live requests alone");
            Require(slice.FirstRow == _nextRow[item] && slice.Count >= 1 && slice.Count <= item.Rows - slice.FirstRow, "Rows must be launched once and in order");
            if (item.Deterministic)
            {
                bool isCutFromStart = slice.FirstRow % _options.MaxBatchRows == 0 && slice.Count == Math.Min(_options.MaxBatchRows, item.Rows - slice.FirstRow);
                Require(batch.Slices.Count == 1 && isCutFromStart, "A deterministic request must have batches of its own");
            }

            _nextRow[slice.Item] += slice.Count;
        }

        private void Finish(BatchQueue<BatchItem> queue, List<Batch<BatchItem>> running, bool fails)
        {
            Batch<BatchItem> batch = running[0];
            running.RemoveAt(0);
            List<BatchItem> ended = [];
            if (fails)
            {
                queue.Fail(batch, ended);
            }
            else
            {
                queue.Complete(batch, ended);
            }

            ended.ForEach(item => End(item, fails ? BatchItemState.Cancelled : BatchItemState.Completed));
        }

        private void Drain(BatchQueue<BatchItem> queue, List<Batch<BatchItem>> running)
        {
            while (Launch(queue, running))
            {
            }

            while (running.Count > 0)
            {
                Finish(queue, running, fails: false);
            }
        }

        private void End(BatchItem item, BatchItemState state) => Require(_ends.TryAdd(item, state), "A request must end once");

        private void Require(bool condition, string rule)
        {
            if (!condition)
            {
                Assert.Fail($"{rule}, but does not with seed {seed}.");
            }
        }

        private int Draw(int bound) => new RandomKey(seed, RandomStream.Pictures, 1).UniformInteger(_draws++, bound);
    }
}

using Microsoft.Extensions.Time.Testing;
using Sjc.Diffusion;
using Sjc.ScoreServer.Batching;

namespace Sjc.Services.Tests.ScoreServer.Batching;

public sealed class BatchQueueTests
{
    private static readonly BatchKey Car = new("car", "f32", new DataShape(3, 8, 8));
    private static readonly BatchKey Chair = new("chair", "f32", new DataShape(3, 8, 8));
    private readonly FakeTimeProvider _time = new();
    private readonly List<BatchItem> _ended = [];

    [Fact]
    public void Take_Empty_GivesNothing()
    {
        Assert.Null(Queue().Take(_ended));
    }

    [Fact]
    public void Take_RequestsOfManyClients_ShareABatch()
    {
        BatchQueue<BatchItem> queue = Queue();
        BatchItem[] items = [Item("a", 1), Item("b", 2), Item("c", 1)];
        Accept(queue, items);

        Batch<BatchItem> batch = queue.Take(_ended)!;

        Assert.Equal([(items[0], 0, 1), (items[1], 0, 2), (items[2], 0, 1)], Parts(batch));
        Assert.Equal(0, queue.QueuedRows);
    }

    [Fact]
    public void Take_OtherModel_WaitsForItsOwnBatchAndKeepsItsTurn()
    {
        BatchQueue<BatchItem> queue = Queue(maxRows: 4);
        BatchItem other = Item("b", 1, Chair);
        Accept(queue, [Item("a", 100), other, Item("c", 100)]);

        Batch<BatchItem> first = queue.Take(_ended)!;
        Batch<BatchItem> second = queue.Take(_ended)!;

        Assert.Equal(Car, first.Key);
        Assert.Equal([(other, 0, 1)], Parts(second));
    }

    [Fact]
    public void Take_LargeRequestAndSmallOne_SmallOneIsInTheFirstBatch()
    {
        BatchQueue<BatchItem> queue = Queue(maxRows: 8, rowsPerTurn: 4);
        BatchItem large = Item("a", 20);
        BatchItem small = Item("b", 2);
        Accept(queue, [large, small]);

        Assert.Equal([(large, 0, 6), (small, 0, 2)], Parts(queue.Take(_ended)!));
        Assert.Equal([(large, 6, 8)], Parts(queue.Take(_ended)!));
        Assert.Equal([(large, 14, 6)], Parts(queue.Take(_ended)!));
    }

    [Fact]
    public void Take_RequestsOfOneClient_KeepTheirOrder()
    {
        BatchQueue<BatchItem> queue = Queue(maxRows: 4);
        BatchItem[] items = [Item("a", 3), Item("a", 3)];
        Accept(queue, items);

        Assert.Equal([(items[0], 0, 3), (items[1], 0, 1)], Parts(queue.Take(_ended)!));
        Assert.Equal([(items[1], 1, 2)], Parts(queue.Take(_ended)!));
    }

    [Fact]
    public void Take_Deterministic_HasBatchesOfItsOwnCutFromItsStart()
    {
        BatchQueue<BatchItem> queue = Queue(maxRows: 4);
        BatchItem plain = Item("a", 1);
        BatchItem deterministic = Item("b", 6, deterministic: true);
        BatchItem late = Item("c", 1);
        Accept(queue, [plain, deterministic, late]);

        Assert.Equal([(plain, 0, 1), (late, 0, 1)], Parts(queue.Take(_ended)!));
        Assert.Equal([(deterministic, 0, 4)], Parts(queue.Take(_ended)!));
        Assert.Equal([(deterministic, 4, 2)], Parts(queue.Take(_ended)!));
    }

    [Fact]
    public void TryEnqueue_RowsBeyondCapacity_RefusesUntilThereIsRoom()
    {
        BatchQueue<BatchItem> queue = Queue(maxRows: 4, capacity: 6);
        Accept(queue, [Item("a", 5)]);
        BatchItem refused = Item("b", 2);

        Assert.False(queue.TryEnqueue(refused));
        Assert.Equal(BatchItemState.New, refused.State);
        queue.Take(_ended);
        Assert.True(queue.TryEnqueue(refused));
    }

    [Fact]
    public void Cancel_Waiting_LeavesTheQueue()
    {
        BatchQueue<BatchItem> queue = Queue();
        BatchItem item = Item("a", 2);
        Accept(queue, [item]);

        Assert.True(queue.Cancel(item));
        Assert.False(queue.Cancel(item));
        Assert.Equal(0, queue.QueuedRows);
        Assert.Null(queue.Take(_ended));
    }

    [Fact]
    public void Cancel_Running_IsNotCompleted()
    {
        BatchQueue<BatchItem> queue = Queue();
        BatchItem item = Item("a", 2);
        Accept(queue, [item]);
        Batch<BatchItem> batch = queue.Take(_ended)!;

        Assert.True(queue.Cancel(item));
        queue.Complete(batch, _ended);

        Assert.Empty(_ended);
        Assert.Equal(BatchItemState.Cancelled, item.State);
    }

    [Fact]
    public void Take_DeadlinePassed_ExpiresInsteadOfLaunching()
    {
        BatchQueue<BatchItem> queue = Queue();
        BatchItem hasty = new("a", Car, 1) { Deadline = _time.GetUtcNow().AddSeconds(1) };
        BatchItem patient = Item("a", 1);
        Accept(queue, [hasty, patient]);
        _time.Advance(TimeSpan.FromSeconds(1));

        Batch<BatchItem> batch = queue.Take(_ended)!;

        Assert.Equal([hasty], _ended);
        Assert.Equal(BatchItemState.Expired, hasty.State);
        Assert.Equal([(patient, 0, 1)], Parts(batch));
    }

    [Fact]
    public void Fail_PartOfARequest_DropsItsOtherRows()
    {
        BatchQueue<BatchItem> queue = Queue(maxRows: 4);
        BatchItem item = Item("a", 6);
        Accept(queue, [item]);

        queue.Fail(queue.Take(_ended)!, _ended);

        Assert.Equal([item], _ended);
        Assert.Equal(0, queue.QueuedRows);
        Assert.Null(queue.Take(_ended));
    }

    private BatchQueue<BatchItem> Queue(int maxRows = 16, int capacity = 1024, int rowsPerTurn = 4) =>
        new(new BatchingOptions { MaxBatchRows = maxRows, QueueCapacityRows = capacity, RowsPerTurn = rowsPerTurn }, _time);

    private static BatchItem Item(string client, int rows, BatchKey? key = null, bool deterministic = false) =>
        new(client, key ?? Car, rows) { Deterministic = deterministic };

    private static void Accept(BatchQueue<BatchItem> queue, BatchItem[] items) => Assert.All(items, item => Assert.True(queue.TryEnqueue(item)));

    private static IEnumerable<(BatchItem, int, int)> Parts(Batch<BatchItem> batch) =>
        batch.Slices.Select(slice => (slice.Item, slice.FirstRow, slice.Count));
}

using Sjc.Diffusion;
using Sjc.ScoreServer.Batching;

namespace Sjc.Services.Tests.ScoreServer.Batching;

public sealed class BatchQueueTests
{
    private static readonly BatchKey Car = new("car", "f32", new DataShape(3, 8, 8));
    private static readonly BatchKey Chair = new("chair", "f32", new DataShape(3, 8, 8));
    private readonly List<BatchItem> _ended = [];
    private TimeSpan _now;

    [Fact]
    public void Take_Empty_GivesNothing()
    {
        Assert.Null(Queue().Take(_now, _ended));
    }

    [Fact]
    public void Take_RequestsOfManyTenants_ShareABatch()
    {
        BatchQueue<BatchItem> queue = Queue();
        BatchItem[] items = [Item("a", 1), Item("b", 2), Item("c", 1)];
        Accept(queue, items);

        Batch<BatchItem> batch = queue.Take(_now, _ended)!;

        Assert.Equal([(items[0], 0, 1), (items[1], 0, 2), (items[2], 0, 1)], Parts(batch));
        Assert.Equal((0, BatchEnd.Drained), (queue.QueuedRows, batch.End));
    }

    [Fact]
    public void Take_OtherModel_WaitsForItsOwnBatchAndComesNext()
    {
        BatchQueue<BatchItem> queue = Queue(new BatchingOptions { MaxBatchRows = 4 });
        BatchItem other = Item("b", 1, Chair);
        Accept(queue, [Item("a", 100), other, Item("c", 100)]);

        Batch<BatchItem> first = queue.Take(_now, _ended)!;
        Batch<BatchItem> second = queue.Take(_now, _ended)!;
        Batch<BatchItem> third = queue.Take(_now, _ended)!;

        Assert.Equal([Car, Car, Chair], new[] { first.Key, second.Key, third.Key }.OrderBy(key => key.Model));
        Assert.Equal([(other, 0, 1)], Parts(second.Key == Chair ? second : third));
    }

    [Fact]
    public void Take_LargeRequestAndSmallOne_SmallOneIsInTheFirstBatch()
    {
        BatchQueue<BatchItem> queue = Queue(new BatchingOptions { MaxBatchRows = 8, RowsPerTurn = 4 });
        BatchItem large = Item("a", 20);
        BatchItem small = Item("b", 2);
        Accept(queue, [large, small]);

        Batch<BatchItem> first = queue.Take(_now, _ended)!;

        Assert.Equal([(large, 0, 6), (small, 0, 2)], Parts(first));
        Assert.Equal(BatchEnd.Full, first.End);
        Assert.Equal([(large, 6, 8)], Parts(queue.Take(_now, _ended)!));
        Assert.Equal([(large, 14, 6)], Parts(queue.Take(_now, _ended)!));
    }

    [Fact]
    public void Take_Weights_ShareABatchInProportion()
    {
        BatchQueue<BatchItem> queue = new(new BatchingOptions { MaxBatchRows = 16, RowsPerTurn = 2 }, tenant => new TenantShare(tenant == "heavy" ? 3 : 1, 1000));
        BatchItem heavy = Item("heavy", 100);
        BatchItem light = Item("light", 100);
        Accept(queue, [heavy, light]);

        Assert.Equal([(heavy, 0, 12), (light, 0, 4)], Parts(queue.Take(_now, _ended)!));
    }

    [Fact]
    public void Take_WithinATenant_EarliestDeadlineGoesFirst()
    {
        BatchQueue<BatchItem> queue = Queue(new BatchingOptions { MaxBatchRows = 2 });
        BatchItem[] items = [Item("a", 2), Item("a", 2, deadline: 9), Item("a", 2, deadline: 5)];
        Accept(queue, items);

        Assert.Equal([(items[2], 0, 2)], Parts(queue.Take(_now, _ended)!));
        Assert.Equal([(items[1], 0, 2)], Parts(queue.Take(_now, _ended)!));
        Assert.Equal([(items[0], 0, 2)], Parts(queue.Take(_now, _ended)!));
    }

    [Fact]
    public void Take_BackgroundWork_GoesLastUntilItHasAged()
    {
        BatchQueue<BatchItem> queue = Queue(new BatchingOptions { MaxBatchRows = 2, Ageing = TimeSpan.FromSeconds(10) });
        BatchItem background = new("a", Car, 2) { Priority = Priority.Background };
        BatchItem early = Item("a", 2);
        BatchItem late = Item("a", 2);
        Accept(queue, [background]);
        _now += TimeSpan.FromSeconds(9);
        Accept(queue, [early]);
        _now += TimeSpan.FromSeconds(2);
        Accept(queue, [late]);

        Assert.Equal([(early, 0, 2)], Parts(queue.Take(_now, _ended)!));
        Assert.Equal([(background, 0, 2)], Parts(queue.Take(_now, _ended)!));
    }

    [Fact]
    public void Take_PartsOfAnImage_AreNotSplit()
    {
        BatchQueue<BatchItem> queue = Queue(new BatchingOptions { MaxBatchRows = 8, RowsPerTurn = 1 });
        BatchItem six = new("a", Car, 12) { DrawRows = 2, ImageRows = 6 };
        BatchItem two = new("b", Car, 4) { DrawRows = 2, ImageRows = 2 };
        Accept(queue, [six, two]);

        Assert.Equal([(two, 0, 4)], Parts(queue.Take(_now, _ended)!)); // its turns come up to its images first
        Assert.Equal([(six, 0, 6)], Parts(queue.Take(_now, _ended)!));
        Assert.Equal([(six, 6, 6)], Parts(queue.Take(_now, _ended)!));
    }

    [Fact]
    public void Take_ImageOfMoreRowsThanABatch_IsCutBetweenDraws()
    {
        BatchQueue<BatchItem> queue = Queue(new BatchingOptions { MaxBatchRows = 5 });
        BatchItem item = new("a", Car, 20) { DrawRows = 2, ImageRows = 10 };
        Accept(queue, [item]);

        Assert.Equal([(item, 0, 4)], Parts(queue.Take(_now, _ended)!));
        Assert.Equal([(item, 4, 4)], Parts(queue.Take(_now, _ended)!));
        Assert.Equal([(item, 8, 2)], Parts(queue.Take(_now, _ended)!));
        Assert.Equal([(item, 10, 4)], Parts(queue.Take(_now, _ended)!));
    }

    [Fact]
    public void Take_SharingWithNothing_HasBatchesOfItsOwnCutFromItsStart()
    {
        BatchQueue<BatchItem> queue = Queue(new BatchingOptions { MaxBatchRows = 4 });
        BatchItem plain = Item("a", 1);
        BatchItem alone = new("b", Car, 6) { Sharing = BatchSharing.None };
        BatchItem late = Item("c", 1);
        Accept(queue, [plain, alone, late]);

        Assert.Equal([(plain, 0, 1), (late, 0, 1)], Parts(queue.Take(_now, _ended)!));
        Batch<BatchItem> first = queue.Take(_now, _ended)!;
        Assert.Equal([(alone, 0, 4)], Parts(first));
        Assert.Equal(BatchEnd.Alone, first.End);
        Assert.Equal([(alone, 4, 2)], Parts(queue.Take(_now, _ended)!));
    }

    [Fact]
    public void Take_Padded_SharesABatchOfItsSizeWithItsKindAlone()
    {
        BatchQueue<BatchItem> queue = Queue(new BatchingOptions { MaxBatchRows = 8 });
        BatchItem[] padded = [.. Enumerable.Range(0, 3).Select(i => new BatchItem($"{i}", Car, 2) { DrawRows = 2, ImageRows = 2, Sharing = BatchSharing.Padded, BatchRows = 4 })];
        BatchItem plain = Item("p", 1);
        Accept(queue, [padded[0], plain, padded[1], padded[2]]);

        Assert.Equal([(padded[0], 0, 2), (padded[1], 0, 2)], Parts(queue.Take(_now, _ended)!));
        Assert.Equal([(plain, 0, 1)], Parts(queue.Take(_now, _ended)!));
        Assert.Equal([(padded[2], 0, 2)], Parts(queue.Take(_now, _ended)!));
    }

    [Fact]
    public void Take_MaxDelay_HoldsUntilTheBatchIsFullOrTheDelayHasPassed()
    {
        BatchQueue<BatchItem> queue = Queue(new BatchingOptions { MaxBatchRows = 4, MaxDelay = TimeSpan.FromSeconds(1) });
        Accept(queue, [Item("a", 1)]);

        Assert.Null(queue.Take(_now, _ended));
        Assert.Equal(TimeSpan.FromSeconds(1), queue.WakeAt);
        Accept(queue, [Item("b", 3)]);
        Assert.Equal((4, BatchEnd.Full), queue.Take(_now, _ended) is { } full ? (full.Rows, full.End) : default);
        Accept(queue, [Item("a", 1)]);
        _now += TimeSpan.FromSeconds(1);
        Assert.Equal((1, BatchEnd.Delay), queue.Take(_now, _ended) is { } late ? (late.Rows, late.End) : default);
    }

    [Fact]
    public void TryEnqueue_RowsBeyondCapacity_RefusesUntilThereIsRoom()
    {
        BatchQueue<BatchItem> queue = Queue(new BatchingOptions { MaxBatchRows = 4, QueueCapacityRows = 6 });
        Accept(queue, [Item("a", 5)]);
        BatchItem refused = Item("b", 2);

        Assert.Equal(EnqueueResult.Accepted, queue.RoomFor("b", 1));
        Assert.Equal(EnqueueResult.QueueFull, queue.RoomFor("b", 2));
        Assert.Equal(EnqueueResult.QueueFull, queue.TryEnqueue(refused, _now));
        Assert.Equal(BatchItemState.New, refused.State);
        queue.Take(_now, _ended);
        Assert.Equal(EnqueueResult.Accepted, queue.TryEnqueue(refused, _now));
    }

    [Fact]
    public void TryEnqueue_RowsBeyondATenantsCapacity_RefusesThatTenantAlone()
    {
        BatchQueue<BatchItem> queue = new(new BatchingOptions(), _ => new TenantShare(1, 6));
        Accept(queue, [Item("a", 5)]);

        Assert.Equal(EnqueueResult.TenantFull, queue.RoomFor("a", 2));
        Assert.Equal(EnqueueResult.TenantFull, queue.TryEnqueue(Item("a", 2), _now));
        Assert.Equal(EnqueueResult.Accepted, queue.TryEnqueue(Item("b", 2), _now));
        Assert.Equal(EnqueueResult.Accepted, queue.TryEnqueue(Item("a", 1), _now));
    }

    [Fact]
    public void TryEnqueue_DeadlineTooNearForTheRate_IsRefused()
    {
        BatchQueue<BatchItem> queue = Queue(new BatchingOptions { MaxBatchRows = 4 });
        Accept(queue, [Item("a", 4)]);
        Batch<BatchItem> batch = queue.Take(_now, _ended)!;
        _now += TimeSpan.FromSeconds(4);
        queue.Complete(batch, 4, _now, _ended);
        Accept(queue, [Item("a", 2, deadline: 7)]); // the device takes a second for a row, and it is four o'clock

        Assert.Equal(EnqueueResult.TooLate, queue.TryEnqueue(Item("a", 4, deadline: 9), _now));
        Assert.Equal(EnqueueResult.Accepted, queue.TryEnqueue(Item("b", 4, deadline: 9), _now));
        Assert.Equal(EnqueueResult.TooLate, queue.TryEnqueue(Item("b", 4, deadline: 7.9), _now));
    }

    [Fact]
    public void Cancel_Waiting_LeavesTheQueue()
    {
        BatchQueue<BatchItem> queue = Queue();
        BatchItem item = Item("a", 2);
        Accept(queue, [item]);

        Assert.True(queue.Cancel(item));
        Assert.False(queue.Cancel(item));
        Assert.Equal((0, 0), (queue.QueuedRows, queue.RowsOf("a")));
        Assert.Null(queue.Take(_now, _ended));
    }

    [Fact]
    public void Cancel_Running_IsNotCompleted()
    {
        BatchQueue<BatchItem> queue = Queue();
        BatchItem item = Item("a", 2);
        Accept(queue, [item]);
        Batch<BatchItem> batch = queue.Take(_now, _ended)!;

        Assert.True(queue.Cancel(item));
        queue.Complete(batch, batch.Rows, _now, _ended);

        Assert.Empty(_ended);
        Assert.Equal((BatchItemState.Cancelled, 0), (item.State, queue.RunningRows));
    }

    [Fact]
    public void Cancel_PartOfItRunning_DropsItsOtherRows()
    {
        BatchQueue<BatchItem> queue = Queue(new BatchingOptions { MaxBatchRows = 4 });
        BatchItem item = Item("a", 6);
        Accept(queue, [item]);
        queue.Take(_now, _ended);

        Assert.True(queue.Cancel(item));
        Assert.Equal(0, queue.QueuedRows);
        Assert.Null(queue.Take(_now, _ended));
    }

    [Fact]
    public void Take_DeadlinePassed_ExpiresInsteadOfLaunching()
    {
        BatchQueue<BatchItem> queue = Queue();
        BatchItem hasty = Item("a", 1, deadline: 1);
        BatchItem patient = Item("a", 1);
        Accept(queue, [hasty, patient]);
        _now += TimeSpan.FromSeconds(1);

        Batch<BatchItem> batch = queue.Take(_now, _ended)!;

        Assert.Equal([hasty], _ended);
        Assert.Equal(BatchItemState.Expired, hasty.State);
        Assert.Equal([(patient, 0, 1)], Parts(batch));
    }

    private static BatchQueue<BatchItem> Queue(BatchingOptions? options = null) => new(options ?? new BatchingOptions(), _ => new TenantShare(1, 65_536));

    private static BatchItem Item(string tenant, int rows, BatchKey? key = null, double? deadline = null) =>
        new(tenant, key ?? Car, rows) { Deadline = deadline is { } seconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue };

    private static IEnumerable<(BatchItem, int, int)> Parts(Batch<BatchItem> batch) =>
        batch.Slices.Select(slice => (slice.Item, slice.FirstRow, slice.Count));

    private void Accept(BatchQueue<BatchItem> queue, BatchItem[] items) => Assert.All(items, item => Assert.Equal(EnqueueResult.Accepted, queue.TryEnqueue(item, _now)));
}

namespace Sjc.ScoreServer.Batching;

/// <summary>Rows that go through the network together.</summary>
/// <param name="lane">What they share.</param>
/// <param name="slices">Consecutive rows of requests, in the batch's order.</param>
/// <param name="end">Why there are no more.</param>
/// <param name="launchedAt">On the queue's clock.</param>
internal sealed class Batch<TItem>(BatchLane lane, IReadOnlyList<BatchSlice<TItem>> slices, BatchEnd end, TimeSpan launchedAt)
    where TItem : BatchItem
{
    public BatchKey Key => lane.Key;

    public BatchSharing Sharing => lane.Sharing;

    public IReadOnlyList<BatchSlice<TItem>> Slices { get; } = slices;

    public BatchEnd End { get; } = end;

    public TimeSpan LaunchedAt { get; } = launchedAt;

    /// <summary>Rows in all, without padding.</summary>
    public int Rows { get; } = slices.Sum(slice => slice.Count);
}

/// <summary>Consecutive rows of one request.</summary>
internal readonly record struct BatchSlice<TItem>(TItem Item, int FirstRow, int Count)
    where TItem : BatchItem;

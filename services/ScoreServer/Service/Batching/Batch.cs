namespace Sjc.ScoreServer.Batching;

/// <summary>Rows that go through the network together.</summary>
/// <param name="key">What they share.</param>
/// <param name="slices">Consecutive rows of requests, in the batch's order.</param>
internal sealed class Batch<TItem>(BatchKey key, IReadOnlyList<BatchSlice<TItem>> slices)
    where TItem : BatchItem
{
    public BatchKey Key { get; } = key;

    public IReadOnlyList<BatchSlice<TItem>> Slices { get; } = slices;

    /// <summary>Rows in all.</summary>
    public int Rows { get; } = slices.Sum(slice => slice.Count);
}

/// <summary>Consecutive rows of one request.</summary>
internal readonly record struct BatchSlice<TItem>(TItem Item, int FirstRow, int Count)
    where TItem : BatchItem;

namespace Sjc.ScoreServer.Batching;

/// <summary>A request as <see cref="BatchQueue{TItem}"/> sees it: a number of rows that somebody waits for.</summary>
/// <param name="client">Whose turn it is; requests of one client are served in order, clients in rotation.</param>
/// <param name="key">What it shares a batch by.</param>
/// <param name="rows">Rows of the network, at least 1.</param>
internal class BatchItem(object client, BatchKey key, int rows)
{
    /// <summary>Whose turn it is.</summary>
    public object Client { get; } = client;

    /// <summary>What it shares a batch by.</summary>
    public BatchKey Key { get; } = key;

    /// <summary>Rows of the network.</summary>
    public int Rows { get; } = rows >= 1 ? rows : throw new ArgumentException($"{nameof(rows)} must be at least 1, but is {rows}.", nameof(rows));

    /// <summary>Rows are evaluated in batches that hold nothing else and are cut the same way each time.</summary>
    public bool Deterministic { get; init; }

    /// <summary>When nobody waits any more.</summary>
    public DateTimeOffset Deadline { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>Where it stands; changed by the queue alone.</summary>
    public BatchItemState State { get; internal set; }

    /// <summary>Rows handed out so far: the next batch starts here.</summary>
    internal int TakenRows { get; set; }

    /// <summary>Rows evaluated so far.</summary>
    internal int CompletedRows { get; set; }
}

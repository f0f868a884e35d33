namespace Sjc.ScoreServer.Batching;

/// <summary>A request as <see cref="BatchQueue{TItem}"/> sees it: a number of rows that somebody waits for.</summary>
/// <param name="tenant">Whose turn it is: tenants take turns.</param>
/// <param name="key">What it shares a batch by.</param>
/// <param name="rows">Rows of the network, at least 1.</param>
internal class BatchItem(string tenant, BatchKey key, int rows)
{
    /// <summary>Whose turn it is.</summary>
    public string Tenant { get; } = tenant;

    /// <summary>What it shares a batch by.</summary>
    public BatchKey Key { get; } = key;

    /// <summary>Rows of the network.</summary>
    public int Rows { get; } = rows >= 1 ? rows : throw new ArgumentException($"{nameof(rows)} must be at least 1, but is {rows}.", nameof(rows));

    /// <summary>Consecutive rows of one image, which go into one batch unless they are more than a batch holds; divides <see cref="Rows"/>.</summary>
    public int ImageRows { get; init; } = 1;

    /// <summary>Consecutive rows of one draw of an image, which always go into one batch; divides <see cref="ImageRows"/>.</summary>
    public int DrawRows { get; init; } = 1;

    /// <summary>What it may be evaluated with.</summary>
    public BatchSharing Sharing { get; init; }

    /// <summary>Most rows of its batches; 0: <see cref="BatchingOptions.MaxBatchRows"/>.</summary>
    public int BatchRows { get; init; }

    /// <summary>Before or after others of the same tenant.</summary>
    public Priority Priority { get; init; }

    /// <summary>When nobody waits any more, on the queue's clock.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.MaxValue;

    /// <summary>Where it stands; changed by the queue alone.</summary>
    public BatchItemState State { get; internal set; }

    /// <summary>When it was accepted, on the queue's clock.</summary>
    internal TimeSpan ArrivedAt { get; set; }

    /// <summary>Its place among others of its tenant: the least goes first.</summary>
    internal TimeSpan Due { get; set; }

    /// <summary>The order of acceptance, which settles ties.</summary>
    internal long Sequence { get; set; }

    /// <summary>Rows handed out so far: the next batch starts here.</summary>
    internal int TakenRows { get; set; }

    /// <summary>Rows evaluated so far.</summary>
    internal int CompletedRows { get; set; }

    /// <summary>Rows that go into one batch next: the rest of an image, or as many whole draws of it as a batch holds.</summary>
    internal int NextPart(int batchRows) =>
        ImageRows <= batchRows ? ImageRows : Math.Min(ImageRows - (TakenRows % ImageRows), Math.Max(batchRows / DrawRows, 1) * DrawRows);
}

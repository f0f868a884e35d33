namespace Sjc.ScoreServer.Batching;

/// <summary>Where a request stands. The last three are final, and a request reaches exactly one of them, once.</summary>
internal enum BatchItemState
{
    /// <summary>Not yet accepted.</summary>
    New,

    /// <summary>Accepted; its rows wait or are being evaluated.</summary>
    Active,

    /// <summary>All rows were evaluated.</summary>
    Completed,

    /// <summary>Its caller gave it up, or a batch that held rows of it failed.</summary>
    Cancelled,

    /// <summary>Its deadline passed before all rows were launched.</summary>
    Expired,
}

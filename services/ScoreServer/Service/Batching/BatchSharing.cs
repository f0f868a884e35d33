namespace Sjc.ScoreServer.Batching;

/// <summary>What a request's rows may be evaluated with.</summary>
internal enum BatchSharing
{
    /// <summary>Whatever has the same key, in batches of any size: the last bits may depend on who shares them.</summary>
    Any,

    /// <summary>Others of the same kind, in batches padded to one of the sizes that <see cref="RowIndependence"/> has measured: a row has the
    /// same bits whoever shares the batch.</summary>
    Padded,

    /// <summary>Nothing, in batches that are cut from the request's first row on: what it is evaluated with is a function of the request alone.</summary>
    None,
}

namespace Sjc.ScoreServer.Batching;

/// <summary>Why a batch took no more rows.</summary>
internal enum BatchEnd
{
    /// <summary>Nothing that waits fits any more.</summary>
    Full,

    /// <summary>Nothing else waits: the device was idle.</summary>
    Drained,

    /// <summary>What else waits has another key.</summary>
    OtherKeys,

    /// <summary>The rows had waited for <see cref="BatchingOptions.MaxDelay"/>.</summary>
    Delay,

    /// <summary>It holds a request that shares with nothing.</summary>
    Alone,
}

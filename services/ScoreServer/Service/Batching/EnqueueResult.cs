namespace Sjc.ScoreServer.Batching;

/// <summary>Whether a request was accepted.</summary>
internal enum EnqueueResult
{
    /// <summary>It ends in one of the final states of <see cref="BatchItemState"/>.</summary>
    Accepted,

    /// <summary>Its rows would overflow the queue.</summary>
    QueueFull,

    /// <summary>Its rows would overflow what its tenant may hold.</summary>
    TenantFull,

    /// <summary>At the device's rate it cannot be done before its deadline.</summary>
    TooLate,
}

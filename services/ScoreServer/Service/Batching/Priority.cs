namespace Sjc.ScoreServer.Batching;

/// <summary>What a request is for; within one tenant the first goes before the second, until that has waited for <see cref="BatchingOptions.Ageing"/>.</summary>
internal enum Priority
{
    /// <summary>Somebody waits.</summary>
    Interactive,

    /// <summary>It may wait.</summary>
    Background,
}

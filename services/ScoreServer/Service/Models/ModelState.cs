namespace Sjc.ScoreServer.Models;

/// <summary>How a model of the catalogue stands.</summary>
internal enum ModelState
{
    /// <summary>Never loaded so far.</summary>
    Waiting,

    /// <summary>Being loaded and warmed up.</summary>
    Loading,

    /// <summary>Answers.</summary>
    Ready,

    /// <summary>Takes no new work, and finishes what it has.</summary>
    Unloading,

    /// <summary>Out of memory until somebody loads it again.</summary>
    Unloaded,

    /// <summary>The last load failed; whoever asks for the model tries again.</summary>
    Failed,
}

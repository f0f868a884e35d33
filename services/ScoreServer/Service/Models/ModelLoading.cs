namespace Sjc.ScoreServer.Models;

/// <summary>When a model is loaded.</summary>
internal enum ModelLoading
{
    /// <summary>With the server, which is healthy when it is done.</summary>
    OnStart,

    /// <summary>When it is first asked for, which takes that much longer.</summary>
    OnFirstUse,
}

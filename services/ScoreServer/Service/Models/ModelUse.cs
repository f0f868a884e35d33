namespace Sjc.ScoreServer.Models;

/// <summary>A model that stays in memory until this is disposed of.</summary>
/// <param name="model">The model.</param>
/// <param name="end">Called once, on disposal.</param>
internal sealed class ModelUse(LoadedModel model, Action end) : IDisposable
{
    private Action? _end = end;

    public LoadedModel Model { get; } = model;

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
}

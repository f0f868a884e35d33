using System.Collections;

namespace Sjc.Diffusion.Checkpoints.Pickles;

/// <summary>A list, tuple or set of a pickle.</summary>
public sealed class PickleList : IReadOnlyList<object?>
{
    private readonly List<object?> items;

    internal PickleList(IEnumerable<object?> items) => this.items = [.. items];

    /// <inheritdoc/>
    public int Count => items.Count;

    /// <inheritdoc/>
    public object? this[int index] => items[index];

    /// <inheritdoc/>
    public IEnumerator<object?> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Add(IEnumerable<object?> more) => items.AddRange(more);
}

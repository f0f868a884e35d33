using TorchSharp;

namespace Sjc.Diffusion.Exact;

/// <summary>Picture sets by key, least recently used first out, bounded in bytes. For one thread.</summary>
/// <param name="source">Where pictures come from.</param>
/// <param name="device">Where they are kept.</param>
/// <param name="capacityBytes">Most bytes kept; the set in use is kept even if it alone is larger.</param>
internal sealed class PictureSetCache(IPictureSource source, torch.Device device, long capacityBytes) : IDisposable
{
    private readonly Dictionary<string, LinkedListNode<(string Key, PictureSet Set)>> byKey = [];
    private readonly LinkedList<(string Key, PictureSet Set)> byUse = new();

    /// <summary>Bytes held.</summary>
    public long ByteCount { get; private set; }

    /// <summary>Sets held.</summary>
    public int Count => byUse.Count;

    /// <summary>The set of a key, valid until the next call.</summary>
    public PictureSet Get(string key)
    {
        if (byKey.TryGetValue(key, out LinkedListNode<(string Key, PictureSet Set)>? node))
        {
            byUse.Remove(node);
            byUse.AddLast(node);
            return node.Value.Set;
        }

        PictureSet set = new(source.Load(key), source.DataShape.ElementCount, device);
        byKey[key] = byUse.AddLast((key, set));
        ByteCount += set.ByteCount;
        while (ByteCount > capacityBytes && byUse.Count > 1)
        {
            Evict(byUse.First!.Value);
        }

        return set;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (byUse.First is { } node)
        {
            Evict(node.Value);
        }
    }

    private void Evict((string Key, PictureSet Set) entry)
    {
        byKey.Remove(entry.Key);
        byUse.RemoveFirst();
        ByteCount -= entry.Set.ByteCount;
        entry.Set.Dispose();
    }
}

namespace Sjc.Diffusion.Checkpoints.Pickles;

/// <summary>The storages that a pickle refers to by persistent ids ("storage", class, key, location, count[, view]).</summary>
/// <param name="name">The file's name, for messages.</param>
internal sealed class StorageReferences(string name)
{
    private readonly Dictionary<string, PickleStorage> storages = new(StringComparer.Ordinal);

    /// <summary>The storages by key, whole even where the pickle refers to a part.</summary>
    public IReadOnlyDictionary<string, PickleStorage> Storages => storages;

    /// <summary>The object of a persistent id.</summary>
    /// <exception cref="InvalidDataException">It is none that torch writes, or contradicts an earlier one of the same key.</exception>
    public object? Resolve(object? id)
    {
        if (id is PickleList and ["module", PickleGlobal module, ..])
        {
            return module;
        }

        if (id is not PickleList { Count: 5 or 6 } parts || parts is not ["storage", PickleGlobal type, string key, _, long count, ..] || count < 0)
        {
            throw new InvalidDataException($"{name} must refer to storages as torch does, but has another persistent id.");
        }

        PickleStorage storage = new(key, type.FullName, PickleStorage.TypeOf(type.FullName), count);
        if (!storages.TryAdd(key, storage) && storages[key] != storage)
        {
            throw new InvalidDataException($"{name} must declare storage {key} in one way, but declares it both as {storages[key].ElementCount} of {storages[key].ClassName} and {count} of {type.FullName}.");
        }

        // Files of before torch 0.4 may refer to a part of a storage: (key of the view, offset, count).
        return parts.ElementAtOrDefault(5) switch
        {
            null => storages[key],
            PickleList and [_, long offset, long part] when offset >= 0 && part >= 0 && offset <= count - part => storage with { BaseOffset = offset, ElementCount = part },
            _ => throw new InvalidDataException($"{name} must refer to a part of storage {key} inside it, but does not."),
        };
    }
}

namespace Sjc.Diffusion.Checkpoints.Pickles;

/// <summary>A checkpoint that torch.save wrote: the object tree of its pickle, and where the tensors' bytes lie. Both forms are read: the zip file,
/// and the one of before torch 1.6.</summary>
public sealed class PickleFile : IDisposable
{
    private const int MaxPickleBytes = 256 << 20;
    private const int MaxKeyBytes = 64 << 20;

    private readonly MappedFile file;

    private PickleFile(MappedFile file, StoragePlaces places, object? root)
    {
        this.file = file;
        Places = places;
        Root = root;
    }

    /// <summary>What messages call it.</summary>
    public string Name => file.Name;

    /// <summary>What was saved: see <see cref="Unpickler.Load"/> for the kinds of object.</summary>
    public object? Root { get; }

    internal StoragePlaces Places { get; }

    /// <summary>Reads the tree of a file.</summary>
    /// <exception cref="InvalidDataException">The file is no checkpoint of torch, is damaged, or acts on the machine.</exception>
    public static PickleFile Open(string path)
    {
        MappedFile file = MappedFile.Open(path);
        try
        {
            return file.SpanFrom(0, 4).SequenceEqual("PK\x03\x04"u8) ? OpenZip(file) : OpenLegacy(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private static PickleFile OpenZip(MappedFile file)
    {
        const string Pickle = "data.pkl";
        IReadOnlyDictionary<string, ZipRecord> records = ZipDirectory.Read(file);
        ZipRecord record = records.Values.Where(entry => entry.Name == Pickle || entry.Name.EndsWith("/" + Pickle, StringComparison.Ordinal)).MinBy(entry => entry.Name.Length)
            ?? throw new InvalidDataException($"{file.Name} must hold a record {Pickle}, as checkpoints of torch do, but is a zip file without one.");
        string folder = record.Name[..^Pickle.Length];
        if (records.TryGetValue(folder + "byteorder", out ZipRecord? order) && order.ByteCount < 16 && !StoragePlaces.Inflate(file, order).AsSpan().StartsWith("little"u8))
        {
            throw new InvalidDataException($"{file.Name} must be of little-endian byte order, but its byteorder record says otherwise.");
        }

        if (record.ByteCount > MaxPickleBytes)
        {
            throw new InvalidDataException($"{record.Name} of {file.Name} must have at most {MaxPickleBytes} bytes, but declares {record.ByteCount}.");
        }

        StorageReferences references = new(file.Name);
        ReadOnlySpan<byte> bytes = record.IsCompressed ? StoragePlaces.Inflate(file, record) : file.Span(record.Offset, (int)record.ByteCount);
        object? root = new Unpickler(file.Name, bytes, references.Resolve).Load();
        StoragePlaces places = new(file);
        foreach (string key in references.Storages.Keys)
        {
            if (records.TryGetValue($"{folder}data/{key}", out ZipRecord? place))
            {
                places.Add(key, place);
            }
        }

        return new PickleFile(file, places, root);
    }

    /// <summary>Five pickles (magic number, protocol, system, object, keys of the storages), then of each storage its count in 8 bytes and its elements.</summary>
    private static PickleFile OpenLegacy(MappedFile file)
    {
        LegacyPickles pickles = new(file);
        pickles.RequireHeader();
        StorageReferences references = new(file.Name);
        object? root = pickles.Next(MaxPickleBytes, references.Resolve);
        return pickles.Next(MaxKeyBytes, _ => null) is PickleList keys
            ? new PickleFile(file, pickles.Places(keys, references.Storages), root)
            : throw new InvalidDataException($"{file.Name} must list the keys of its storages, but does not.");
    }
}

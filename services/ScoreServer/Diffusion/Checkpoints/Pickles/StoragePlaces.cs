using System.IO.Compression;
using Sjc.Diffusion.Checkpoints.Elements;
using TorchSharp;

namespace Sjc.Diffusion.Checkpoints.Pickles;

/// <summary>Where the storages of a checkpoint lie in its file. Nothing is written to disk; a deflated storage is inflated to what is declared and no further.</summary>
/// <param name="file">Holds the bytes.</param>
internal sealed class StoragePlaces(MappedFile file)
{
    /// <summary>The greatest ratio that deflate reaches.</summary>
    private const long MaxInflation = 1032;

    private readonly Dictionary<string, ZipRecord> places = new(StringComparer.Ordinal);
    private (ZipRecord Record, byte[] Content)? inflated;

    /// <summary>Adds the storage of a key.</summary>
    public void Add(string key, ZipRecord place) => places[key] = place;

    /// <summary>Requires the bytes that a storage declares.</summary>
    /// <exception cref="InvalidDataException">They are not there.</exception>
    public void Require(PickleStorage storage, torch.ScalarType elementType)
    {
        if (!places.TryGetValue(storage.Key, out ZipRecord? place))
        {
            throw new InvalidDataException($"{file.Name} must hold the record data/{storage.Key}, but does not.");
        }

        Int128 declared = (Int128)(storage.BaseOffset + storage.ElementCount) * ElementTypes.Size(elementType);
        if (storage.ElementCount < 0 || place.ByteCount < declared)
        {
            throw new InvalidDataException($"{place.Name} of {file.Name} must hold {storage.ElementCount} elements of {storage.ClassName}, which are {declared} bytes, but holds {place.ByteCount} bytes.");
        }

        if (place.IsCompressed && (place.ByteCount > Math.Min(Array.MaxLength, place.StoredByteCount * MaxInflation) || place.ByteCount != declared))
        {
            throw new InvalidDataException($"{place.Name} of {file.Name} is compressed and must inflate to the {declared} bytes of its storage, but declares {place.ByteCount}.");
        }
    }

    /// <summary>Whether a storage must be inflated, which keeps its content for the next read.</summary>
    public bool IsCompressed(PickleStorage storage) => places[storage.Key].IsCompressed;

    /// <summary>Bytes of a storage.</summary>
    /// <param name="storage">As <see cref="Require"/> checked it.</param>
    /// <param name="offset">In bytes.</param>
    /// <param name="count">In bytes.</param>
    public ReadOnlySpan<byte> Bytes(PickleStorage storage, long offset, int count)
    {
        ZipRecord place = places[storage.Key];
        return place.IsCompressed ? Inflated(place).AsSpan((int)offset, count) : file.Span(place.Offset + offset, count);
    }

    /// <summary>Lets go of the pages of a part of a storage, counted as in <see cref="Bytes"/>.</summary>
    public void Release(PickleStorage storage, long offset, long count)
    {
        if (places[storage.Key] is { IsCompressed: false } place)
        {
            file.Release(place.Offset + offset, count);
        }
    }

    /// <summary>Lets go of all that <see cref="Bytes"/> looked at.</summary>
    public void Release(PickleStorage storage)
    {
        ZipRecord place = places[storage.Key];
        file.Release(place.Offset, place.StoredByteCount);
    }

    /// <summary>The content of a record.</summary>
    /// <exception cref="InvalidDataException">It inflates to another length than the directory declares.</exception>
    public static byte[] Inflate(MappedFile file, ZipRecord record)
    {
        byte[] content = new byte[record.ByteCount];
        if (!record.IsCompressed)
        {
            file.Span(record.Offset, content.Length).CopyTo(content);
            return content;
        }

        using UnmanagedMemoryStream compressed = file.Stream(record.Offset, record.StoredByteCount);
        using DeflateStream inflating = new(compressed, CompressionMode.Decompress);
        if (inflating.ReadAtLeast(content, content.Length, throwOnEndOfStream: false) < content.Length || inflating.ReadByte() >= 0)
        {
            throw new InvalidDataException($"{record.Name} of {file.Name} must inflate to {record.ByteCount} bytes, but does not.");
        }

        return content;
    }

    private byte[] Inflated(ZipRecord record)
    {
        if (inflated is not { } last || last.Record != record)
        {
            inflated = last = (record, Inflate(file, record));
        }

        return last.Content;
    }
}

using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Sjc.Diffusion.Checkpoints.Elements;
using TorchSharp;

namespace Sjc.Diffusion.Checkpoints.Pickles;

/// <summary>The pickles of a file that torch wrote before 1.6, one after the other, and the storages behind them.</summary>
internal sealed class LegacyPickles(MappedFile file)
{
    private const int MaxHeaderBytes = 65_536;
    private const long Protocol = 1001;

    private static readonly BigInteger Magic = BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private long position;

    /// <summary>Reads the first three pickles: magic number, protocol and system.</summary>
    /// <exception cref="InvalidDataException">They are not those of torch on a little-endian machine.</exception>
    public void RequireHeader()
    {
        if (file.Span(0, 1)[0] != 0x80 || !Equals(Next(MaxHeaderBytes, _ => null), Magic))
        {
            throw new InvalidDataException($"{file.Name} must be a checkpoint of torch, a zip file or one of before torch 1.6, but begins like neither.");
        }

        object? protocol = Next(MaxHeaderBytes, _ => null);
        if (protocol is not Protocol)
        {
            throw new InvalidDataException($"{file.Name} must have protocol {Protocol}, but has {protocol}.");
        }

        if (Next(MaxHeaderBytes, _ => null) is not PickleDictionary system || system["little_endian"] is not true)
        {
            throw new InvalidDataException($"{file.Name} must be of little-endian byte order, but does not say so.");
        }
    }

    /// <summary>Reads the next pickle.</summary>
    public object? Next(int maxBytes, Func<object?, object?> persistent)
    {
        Unpickler unpickler = new(file.Name, file.SpanFrom(position, maxBytes), persistent);
        object? value = unpickler.Load();
        position += unpickler.Position;
        return value;
    }

    /// <summary>Finds the storages behind the last pickle.</summary>
    /// <exception cref="InvalidDataException">The file ends before the last one, or one is not what the pickle declares.</exception>
    public StoragePlaces Places(PickleList keys, IReadOnlyDictionary<string, PickleStorage> storages)
    {
        StoragePlaces places = new(file);
        foreach (object? item in keys)
        {
            if (item is not string key || !storages.TryGetValue(key, out PickleStorage? storage))
            {
                throw new InvalidDataException($"{file.Name} must list the storages of its tensors, but lists {item ?? "None"}.");
            }

            torch.ScalarType type = storage.DataType ?? throw new InvalidDataException($"{file.Name} must hold storages of supported types, but storage {key} is of {storage.ClassName}.");
            Int128 byteCount = (Int128)storage.ElementCount * ElementTypes.Size(type);
            if (file.Length - position - 8 < byteCount)
            {
                throw new InvalidDataException($"{file.Name} must hold the {storage.ElementCount} elements of storage {key} at byte {position}, but ends {byteCount + 8 - (file.Length - position)} bytes too early.");
            }

            long count = BinaryPrimitives.ReadInt64LittleEndian(file.Span(position, 8));
            if (count != storage.ElementCount)
            {
                throw new InvalidDataException($"{file.Name} must hold {storage.ElementCount} elements in storage {key}, but holds {count}.");
            }

            places.Add(key, new ZipRecord($"storage {key}", IsCompressed: false, position + 8, (long)byteCount, (long)byteCount));
            position += 8 + (long)byteCount;
        }

        return places;
    }
}

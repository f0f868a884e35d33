using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Sjc.Numerics.Safetensors;

/// <summary>A safetensors file read whole into memory: for fields, golden data and small models.</summary>
public sealed class SafetensorsFile
{
    private readonly byte[] data;
    private readonly Dictionary<string, SafetensorsEntry> entries;

    private SafetensorsFile(SafetensorsHeader header, byte[] data)
    {
        Header = header;
        this.data = data;
        entries = header.Entries.ToDictionary(entry => entry.Name);
    }

    /// <summary>Names, types, shapes and metadata.</summary>
    public SafetensorsHeader Header { get; }

    /// <summary>The file's metadata strings.</summary>
    public IReadOnlyDictionary<string, string> Metadata => Header.Metadata;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">The file breaks the format, or is over 2 GiB.</exception>
    public static SafetensorsFile Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Read(stream);
    }

    /// <summary>Reads a seekable stream from its start.</summary>
    /// <exception cref="InvalidDataException">The stream breaks the format, or is over 2 GiB.</exception>
    public static SafetensorsFile Read(Stream stream)
    {
        SafetensorsHeader header = SafetensorsHeader.Read(stream);
        long length = stream.Length - header.DataStart;
        if (length > Array.MaxLength)
        {
            throw new InvalidDataException($"The data section must be at most {Array.MaxLength} bytes to be read whole, but is {length}.");
        }

        byte[] data = new byte[length];
        stream.ReadExactly(data);
        return new SafetensorsFile(header, data);
    }

    /// <summary>Whether a tensor of this name is there.</summary>
    public bool Contains(string name) => entries.ContainsKey(name);

    /// <summary>Type, shape and place of a tensor.</summary>
    /// <exception cref="KeyNotFoundException">No tensor has the name.</exception>
    public SafetensorsEntry Entry(string name) =>
        entries.TryGetValue(name, out SafetensorsEntry? entry) ? entry : throw new KeyNotFoundException($"The file must hold a tensor {name}, but has none of that name.");

    /// <summary>The raw little-endian bytes of a tensor.</summary>
    public ReadOnlySpan<byte> Bytes(string name)
    {
        SafetensorsEntry entry = Entry(name);
        return data.AsSpan((int)entry.Offset, (int)entry.ByteCount);
    }

    /// <summary>A tensor as float32, converted from any floating-point or integer type, row-major.</summary>
    public float[] Floats(string name) => Convert(name, value => (float)value);

    /// <summary>A tensor as float64, converted from any floating-point or integer type, row-major.</summary>
    public double[] Doubles(string name) => Convert(name, value => value);

    /// <summary>An integer tensor as int64, row-major.</summary>
    /// <exception cref="InvalidDataException">The tensor is of a floating-point type.</exception>
    public long[] Integers(string name)
    {
        SafetensorsEntry entry = Entry(name);
        ReadOnlySpan<byte> bytes = Bytes(name);
        long[] values = new long[entry.ElementCount];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = entry.DataType switch
            {
                SafetensorsDataType.I64 => BinaryPrimitives.ReadInt64LittleEndian(bytes[(i * 8)..]),
                SafetensorsDataType.I32 => BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * 4)..]),
                SafetensorsDataType.I16 => BinaryPrimitives.ReadInt16LittleEndian(bytes[(i * 2)..]),
                SafetensorsDataType.I8 => (sbyte)bytes[i],
                SafetensorsDataType.U8 or SafetensorsDataType.BOOL => bytes[i],
                _ => throw new InvalidDataException($"{name}.dtype must be an integer type, but is {entry.DataType}."),
            };
        }

        return values;
    }

    private T[] Convert<T>(string name, Func<double, T> convert)
    {
        SafetensorsEntry entry = Entry(name);
        ReadOnlySpan<byte> bytes = Bytes(name);
        T[] values = new T[entry.ElementCount];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = convert(entry.DataType switch
            {
                SafetensorsDataType.F64 => BinaryPrimitives.ReadDoubleLittleEndian(bytes[(i * 8)..]),
                SafetensorsDataType.F32 => BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * 4)..]),
                SafetensorsDataType.F16 => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes[(i * 2)..]),
                SafetensorsDataType.BF16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * 2)..]) << 16),
                SafetensorsDataType.I64 => BinaryPrimitives.ReadInt64LittleEndian(bytes[(i * 8)..]),
                SafetensorsDataType.I32 => BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * 4)..]),
                SafetensorsDataType.I16 => BinaryPrimitives.ReadInt16LittleEndian(bytes[(i * 2)..]),
                SafetensorsDataType.I8 => (sbyte)bytes[i],
                _ => bytes[i],
            });
        }

        return values;
    }
}

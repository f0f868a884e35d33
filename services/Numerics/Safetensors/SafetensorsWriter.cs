using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Sjc.Numerics.Safetensors;

/// <summary>Collects tensors and writes them as one safetensors file; equal content gives equal bytes.</summary>
public sealed class SafetensorsWriter
{
    private readonly List<(string Name, SafetensorsDataType DataType, long[] Shape, byte[] Data)> tensors = [];
    private readonly SortedDictionary<string, string> metadata = new(StringComparer.Ordinal);

    /// <summary>Sets a metadata string.</summary>
    public SafetensorsWriter Metadata(string key, string value)
    {
        metadata[key] = value;
        return this;
    }

    /// <summary>Adds a float32 tensor; the values are copied.</summary>
    /// <exception cref="ArgumentException">The shape's product differs from the number of values.</exception>
    public SafetensorsWriter Add(string name, ReadOnlySpan<float> values, params long[] shape) => Add(name, SafetensorsDataType.F32, MemoryMarshal.AsBytes(values), shape);

    /// <summary>Adds a float64 tensor; the values are copied.</summary>
    /// <exception cref="ArgumentException">The shape's product differs from the number of values.</exception>
    public SafetensorsWriter Add(string name, ReadOnlySpan<double> values, params long[] shape) => Add(name, SafetensorsDataType.F64, MemoryMarshal.AsBytes(values), shape);

    /// <summary>Adds an int64 tensor; the values are copied.</summary>
    /// <exception cref="ArgumentException">The shape's product differs from the number of values.</exception>
    public SafetensorsWriter Add(string name, ReadOnlySpan<long> values, params long[] shape) => Add(name, SafetensorsDataType.I64, MemoryMarshal.AsBytes(values), shape);

    /// <summary>Adds a tensor from its little-endian bytes, which are copied.</summary>
    /// <exception cref="ArgumentException">The shape's product times the element size differs from the number of bytes, or the name is taken.</exception>
    public SafetensorsWriter Add(string name, SafetensorsDataType dataType, ReadOnlySpan<byte> data, params long[] shape)
    {
        long expected = shape.Aggregate((long)SafetensorsHeader.ElementSize(dataType), (product, extent) => product * extent);
        if (expected != data.Length)
        {
            throw new ArgumentException($"{name} must have {expected} bytes for shape [{string.Join(", ", shape)}] of {dataType}, but has {data.Length}.", nameof(data));
        }

        if (tensors.Exists(tensor => tensor.Name == name))
        {
            throw new ArgumentException($"Tensor names must differ, but {name} was added before.", nameof(name));
        }

        tensors.Add((name, dataType, [.. shape], data.ToArray()));
        return this;
    }

    /// <summary>Writes header and data, in the order of adding.</summary>
    public void Write(Stream stream)
    {
        byte[] header = BuildHeader();
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        stream.Write(prefix);
        stream.Write(header);
        foreach ((_, _, _, byte[] data) in tensors)
        {
            stream.Write(data);
        }
    }

    /// <summary>Writes to a temporary file beside <paramref name="path"/>, flushes it to disk and renames it into place.</summary>
    public void WriteAtomically(string path)
    {
        string temporary = path + ".tmp";
        using (FileStream stream = File.Create(temporary))
        {
            Write(stream);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private byte[] BuildHeader()
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in metadata)
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach ((string name, SafetensorsDataType dataType, long[] shape, byte[] data) in tensors)
            {
                WriteEntry(json, name, dataType, shape, offset, offset += data.Length);
            }

            json.WriteEndObject();
        }

        // The data section starts on a multiple of 8; the format pads with spaces.
        int padding = (int)(-buffer.Length & 7);
        buffer.Write(Encoding.ASCII.GetBytes(new string(' ', padding)));
        return buffer.ToArray();
    }

    private static void WriteEntry(Utf8JsonWriter json, string name, SafetensorsDataType dataType, long[] shape, long begin, long end)
    {
        json.WriteStartObject(name);
        json.WriteString("dtype", dataType.ToString());
        json.WriteStartArray("shape");
        foreach (long extent in shape)
        {
            json.WriteNumberValue(extent);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

using System.Runtime.InteropServices;

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
        stream.Write(SafetensorsHeaderText.Build(metadata, tensors.Select(tensor => (tensor.Name, tensor.DataType, (IReadOnlyList<long>)tensor.Shape))));
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
}

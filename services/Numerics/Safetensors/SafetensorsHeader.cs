using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace Sjc.Numerics.Safetensors;

/// <summary>The header of a safetensors file: names, types, shapes and places of its tensors, and its metadata.</summary>
public sealed class SafetensorsHeader
{
    /// <summary>The format's cap on the header's length in bytes.</summary>
    public const long MaxHeaderBytes = 100_000_000;

    private SafetensorsHeader(IReadOnlyList<SafetensorsEntry> entries, IReadOnlyDictionary<string, string> metadata, long dataStart)
    {
        Entries = entries;
        Metadata = metadata;
        DataStart = dataStart;
    }

    /// <summary>The tensors, in order of their place in the file.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>The strings under <c>__metadata__</c>; empty where there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Where the data section begins in the file.</summary>
    public long DataStart { get; }

    /// <summary>Bytes of one element.</summary>
    public static int ElementSize(SafetensorsDataType dataType) => dataType switch
    {
        SafetensorsDataType.F64 or SafetensorsDataType.I64 => 8,
        SafetensorsDataType.F32 or SafetensorsDataType.I32 => 4,
        SafetensorsDataType.F16 or SafetensorsDataType.BF16 or SafetensorsDataType.I16 => 2,
        _ => 1,
    };

    /// <summary>Reads and checks the header at the stream's start: lengths, types, shapes; offsets without overlap, hole or excess.</summary>
    /// <exception cref="InvalidDataException">The header breaks the format; the message names the tensor, rule and value.</exception>
    public static SafetensorsHeader Read(Stream stream)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8)
        {
            throw new InvalidDataException($"A safetensors file must begin with 8 bytes of header length, but is {stream.Length} bytes long.");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length is < 2 or > MaxHeaderBytes)
        {
            throw new InvalidDataException($"The header length must be in [2, {MaxHeaderBytes}], but is {length}.");
        }

        if ((long)length > stream.Length - 8)
        {
            throw new InvalidDataException($"The header must end inside the file, but is {length} bytes long in a file of {stream.Length} bytes, which was cut short or is of another format.");
        }

        byte[] json = new byte[length];
        stream.ReadExactly(json);
        if (!Utf8.IsValid(json))
        {
            throw new InvalidDataException("The header must be UTF-8, but is not.");
        }

        long dataStart = 8 + (long)length;
        return Parse(json, dataStart, stream.Length - dataStart);
    }

    private static SafetensorsHeader Parse(byte[] json, long dataStart, long dataLength)
    {
        List<SafetensorsEntry> entries = [];
        Dictionary<string, string> metadata = [];
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new InvalidDataException($"The header must be a JSON object, but is {document.RootElement.ValueKind}.");
            }

            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.Name == "__metadata__")
                {
                    ReadMetadata(property.Value, metadata);
                }
                else
                {
                    entries.Add(ReadEntry(property.Name, property.Value));
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidDataException($"The header must be valid JSON of the safetensors form: {exception.Message}", exception);
        }

        entries.Sort((a, b) => a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset) : a.ByteCount.CompareTo(b.ByteCount));
        RequireContiguous(entries, dataLength);
        return new SafetensorsHeader(entries, metadata, dataStart);
    }

    private static void ReadMetadata(JsonElement element, Dictionary<string, string> metadata)
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            metadata[property.Name] = property.Value.ValueKind == JsonValueKind.String
                ? property.Value.GetString()!
                : throw new InvalidDataException($"__metadata__.{property.Name} must be a string, but is {property.Value.ValueKind}.");
        }
    }

    private static SafetensorsEntry ReadEntry(string name, JsonElement element)
    {
        string typeName = Member(name, element, "dtype").GetString() ?? "null";
        if (!Enum.TryParse(typeName, out SafetensorsDataType dataType) || dataType.ToString() != typeName)
        {
            throw new InvalidDataException($"{name}.dtype must be one of {string.Join(", ", Enum.GetNames<SafetensorsDataType>())}, but is {typeName}.");
        }

        long[] shape = [.. Member(name, element, "shape").EnumerateArray().Select(extent => extent.GetInt64())];
        long[] offsets = [.. Member(name, element, "data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0])
        {
            throw new InvalidDataException($"{name}.data_offsets must be [begin, end] with 0 ≤ begin ≤ end, but is [{string.Join(", ", offsets)}].");
        }

        long expected = ElementSize(dataType);
        try
        {
            foreach (long extent in shape)
            {
                expected = extent >= 0 ? checked(expected * extent) : throw new InvalidDataException($"{name}.shape must be non-negative, but has {extent}.");
            }
        }
        catch (OverflowException)
        {
            throw new InvalidDataException($"{name}.shape must have a product below 2^63, but is [{string.Join(", ", shape)}].");
        }

        return expected == offsets[1] - offsets[0]
            ? new SafetensorsEntry(name, dataType, shape, offsets[0], expected)
            : throw new InvalidDataException($"{name}.data_offsets must span {expected} bytes (shape × element size), but span {offsets[1] - offsets[0]}.");
    }

    private static JsonElement Member(string name, JsonElement entry, string member) =>
        entry.TryGetProperty(member, out JsonElement value) ? value : throw new InvalidDataException($"{name} must have {member}, but has none.");

    private static void RequireContiguous(List<SafetensorsEntry> entries, long dataLength)
    {
        if (entries.Find(entry => entry.Offset > dataLength - entry.ByteCount) is { } outside)
        {
            long missing = entries.Max(entry => entry.Offset + entry.ByteCount) - dataLength;
            throw new InvalidDataException($"{outside.Name} must lie inside the file, but reaches beyond its end: {missing} bytes are missing.");
        }

        long end = 0;
        foreach (SafetensorsEntry entry in entries)
        {
            if (entry.Offset != end)
            {
                string fault = entry.Offset < end ? "shares bytes with the one before" : $"leaves bytes {end}..{entry.Offset} to no tensor";
                throw new InvalidDataException($"{entry.Name} must begin where the tensor before it ends ({end}), but begins at {entry.Offset} and {fault}.");
            }

            end = entry.Offset + entry.ByteCount;
        }

        if (end != dataLength)
        {
            throw new InvalidDataException($"The tensors must fill the data section of {dataLength} bytes, but end at {end}.");
        }
    }
}

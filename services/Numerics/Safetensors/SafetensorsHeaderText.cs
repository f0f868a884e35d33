using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Sjc.Numerics.Safetensors;

/// <summary>Writes what stands before the tensors of a safetensors file.</summary>
internal static class SafetensorsHeaderText
{
    /// <summary>The header's length and the header, for tensors that follow one another in the order given.</summary>
    public static byte[] Build(IReadOnlyDictionary<string, string> metadata, IEnumerable<(string Name, SafetensorsDataType DataType, IReadOnlyList<long> Shape)> tensors)
    {
        using MemoryStream buffer = new();
        buffer.Write(new byte[8]);
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
            foreach ((string name, SafetensorsDataType dataType, IReadOnlyList<long> shape) in tensors)
            {
                WriteEntry(json, name, dataType, shape, offset, offset += ByteCount(dataType, shape));
            }

            json.WriteEndObject();
        }

        // The data section starts on a multiple of 8; the format pads with spaces.
        int padding = (int)(-buffer.Length & 7);
        buffer.Write(Encoding.ASCII.GetBytes(new string(' ', padding)));
        byte[] bytes = buffer.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)(bytes.Length - 8));
        return bytes;
    }

    /// <summary>Bytes of a tensor.</summary>
    public static long ByteCount(SafetensorsDataType dataType, IReadOnlyList<long> shape) =>
        shape.Aggregate((long)SafetensorsHeader.ElementSize(dataType), (product, extent) => product * extent);

    private static void WriteEntry(Utf8JsonWriter json, string name, SafetensorsDataType dataType, IReadOnlyList<long> shape, long begin, long end)
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

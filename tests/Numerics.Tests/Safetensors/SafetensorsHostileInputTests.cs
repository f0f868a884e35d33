using System.Buffers.Binary;
using System.Text;
using Sjc.Numerics.Safetensors;

namespace Sjc.Numerics.Tests.Safetensors;

/// <summary>Whatever the bytes, the reader gives either a file whose tensors can all be read or an InvalidDataException.</summary>
public sealed class SafetensorsHostileInputTests
{
    private static readonly string[] Fragments =
    [
        "-1", "0", "1e3", "9223372036854775807", "9223372036854775808", "18446744073709551615", "1.5", "null", "true", "\"\"", "{}", "[]", "[[]]", "[0,1,2]",
        "\"F32\"", "\"F99\"", "\"f32\"", "\"0\"", "\"\\ud800\"", "\"dtype\"", "\"shape\"", "\"data_offsets\"", "\"__metadata__\"", ",", ":", "}", "]", "{", "[",
    ];

    [Fact]
    public void Read_EveryTruncation_IsRefused()
    {
        byte[] valid = Valid();
        for (int length = 0; length < valid.Length; length++)
        {
            Assert.False(Accepts(valid[..length]), $"A file cut to {length} of {valid.Length} bytes was accepted.");
        }
    }

    [Fact]
    public void Read_MutatedBytes_GivesAFileOrInvalidData()
    {
        int accepted = 0;
        for (uint trial = 0; trial < 4000; trial++)
        {
            RandomKey key = new(51, RandomStream.Pictures, trial);
            byte[] bytes = Valid();
            int edits = 1 + key.UniformInteger(0, 4);
            for (uint edit = 0; edit < edits; edit++)
            {
                bytes[key.UniformInteger(1 + (2 * edit), bytes.Length)] = (byte)key.UniformInteger(2 + (2 * edit), 256);
            }

            accepted += Accepts(bytes) ? 1 : 0;
        }

        // Edits of the data alone leave the file valid, edits of the header rarely do: both kinds were tried.
        Assert.InRange(accepted, 1, 3999);
    }

    [Fact]
    public void Read_MutatedHeaders_GivesAFileOrInvalidData()
    {
        for (uint trial = 0; trial < 6000; trial++)
        {
            RandomKey key = new(52, RandomStream.Pictures, trial);
            (string json, byte[] data) = Split(Valid());
            int edits = 1 + key.UniformInteger(0, 3);
            for (uint edit = 0; edit < edits; edit++)
            {
                int start = key.UniformInteger(1 + (3 * edit), json.Length);
                int length = Math.Min(key.UniformInteger(2 + (3 * edit), 12), json.Length - start);
                json = json.Remove(start, length).Insert(start, Fragments[key.UniformInteger(3 + (3 * edit), Fragments.Length)]);
            }

            Accepts(Join(json, data));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,4]}}")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[1]}}")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"x\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[4,4]}}")]
    [InlineData("{\"__metadata__\":{\"a\":1},\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}")]
    [InlineData("{\"__metadata__\":[],\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}")]
    [InlineData("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}")]
    public void Read_BrokenHeader_ThrowsInvalidData(string json) =>
        Assert.Throws<InvalidDataException>(() => SafetensorsFile.Read(new MemoryStream(Join(json, new byte[4]))));

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL << 40)]
    [InlineData(ulong.MaxValue)]
    public void Read_HeaderLengthOutOfRange_ThrowsInvalidData(ulong length)
    {
        byte[] bytes = Valid();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        Assert.Throws<InvalidDataException>(() => SafetensorsFile.Read(new MemoryStream(bytes)));
    }

    /// <summary>Whether the reader takes the bytes; then all that it promises can be read.</summary>
    private static bool Accepts(byte[] bytes)
    {
        try
        {
            SafetensorsFile file = SafetensorsFile.Read(new MemoryStream(bytes));
            foreach (SafetensorsEntry entry in file.Header.Entries)
            {
                Assert.Equal(entry.ElementCount, file.Doubles(entry.Name).Length);
                Assert.Equal(entry.ByteCount, file.Bytes(entry.Name).Length);
            }

            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static byte[] Valid()
    {
        using MemoryStream stream = new();
        new SafetensorsWriter()
            .Metadata("format", "pt")
            .Add("weight", [1f, 2f, 3f, 4f, 5f, 6f], 2, 3)
            .Add("scale", [0.5])
            .Add("empty", ReadOnlySpan<float>.Empty, 0, 4)
            .Add("index", [1L, 2L], 2)
            .Write(stream);
        return stream.ToArray();
    }

    private static (string Json, byte[] Data) Split(byte[] bytes)
    {
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return (Encoding.UTF8.GetString(bytes, 8, length), bytes[(8 + length)..]);
    }

    private static byte[] Join(string json, byte[] data)
    {
        byte[] header = Encoding.UTF8.GetBytes(json);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        return [.. length, .. header, .. data];
    }
}

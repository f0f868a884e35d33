using System.Runtime.InteropServices;
using Sjc.Numerics.Safetensors;

namespace Sjc.Numerics.Tests.Safetensors;

public sealed class SafetensorsRoundTripTests
{
    [Fact]
    public void WriteThenRead_EveryDataType_GivesTheSameBytesShapesAndOrder()
    {
        SafetensorsWriter writer = new SafetensorsWriter().Metadata("format", "sjc").Metadata("quote", "\"{}\\ – ψ");
        foreach (SafetensorsDataType type in Enum.GetValues<SafetensorsDataType>())
        {
            writer.Add($"t.{type}", type, Bytes((uint)type, 6 * SafetensorsHeader.ElementSize(type)), 3, 2);
        }

        SafetensorsFile file = Read(writer);
        Assert.Equal(["format", "quote"], file.Metadata.Keys.Order());
        Assert.Equal("\"{}\\ – ψ", file.Metadata["quote"]);
        foreach (SafetensorsDataType type in Enum.GetValues<SafetensorsDataType>())
        {
            SafetensorsEntry entry = file.Entry($"t.{type}");
            Assert.Equal((type, 6 * SafetensorsHeader.ElementSize(type)), (entry.DataType, (int)entry.ByteCount));
            Assert.Equal([3, 2], entry.Shape);
            Assert.Equal(Bytes((uint)type, (int)entry.ByteCount), file.Bytes(entry.Name).ToArray());
        }
    }

    [Fact]
    public void WriteThenRead_RandomFiles_GiveTheSameValues()
    {
        for (uint trial = 0; trial < 200; trial++)
        {
            RandomKey key = new(41, RandomStream.Pictures, trial);
            SafetensorsWriter writer = new();
            int tensors = key.UniformInteger(0, 6);
            Dictionary<string, float[]> expected = [];
            for (int i = 0; i < tensors; i++)
            {
                int rows = key.UniformInteger((uint)(1 + (2 * i)), 5);
                int columns = key.UniformInteger((uint)(2 + (2 * i)), 5);
                float[] values = new float[rows * columns];
                new RandomKey(42, RandomStream.Pictures, trial, (uint)i).FillNormal(values);
                expected[$"tensor/{i} ü"] = values;
                writer.Add($"tensor/{i} ü", values, rows, columns);
            }

            SafetensorsFile file = Read(writer);
            Assert.Equal(expected.Count, file.Header.Entries.Count);
            foreach ((string name, float[] values) in expected)
            {
                Assert.Equal(values, file.Floats(name));
            }
        }
    }

    [Fact]
    public void Write_SameContentTwice_GivesTheSameBytes()
    {
        static byte[] Write(params string[] keys)
        {
            SafetensorsWriter writer = new();
            foreach (string key in keys)
            {
                writer.Metadata(key, key);
            }

            using MemoryStream stream = new();
            writer.Add("x", [1f, 2f], 2).Write(stream);
            return stream.ToArray();
        }

        Assert.Equal(Write("a", "b"), Write("b", "a"));
    }

    [Fact]
    public void Write_AnyHeader_StartsDataOnAMultipleOfEight()
    {
        for (int length = 1; length <= 16; length++)
        {
            SafetensorsFile file = Read(new SafetensorsWriter().Add(new string('n', length), [1.0, 2.0], 2));
            Assert.Equal(0, file.Header.DataStart % 8);
        }
    }

    [Fact]
    public void Doubles_HalfAndBfloat_AreWidenedExactly()
    {
        Half[] halves = [(Half)1.5f, (Half)(-0.25f), Half.MaxValue, Half.Epsilon];
        ushort[] bfloats = [0x3F80, 0xC000, 0x7F80];
        SafetensorsFile file = Read(new SafetensorsWriter()
            .Add("half", SafetensorsDataType.F16, MemoryMarshal.AsBytes<Half>(halves), 4)
            .Add("bfloat", SafetensorsDataType.BF16, MemoryMarshal.AsBytes<ushort>(bfloats), 3));
        Assert.Equal(halves.Select(half => (double)half), file.Doubles("half"));
        Assert.Equal([1, -2, double.PositiveInfinity], file.Doubles("bfloat"));
    }

    [Fact]
    public void Add_WrongShapeOrTakenName_Throws()
    {
        SafetensorsWriter writer = new SafetensorsWriter().Add("x", [1f], 1);
        Assert.Throws<ArgumentException>(() => writer.Add("y", [1f, 2f], 3));
        Assert.Throws<ArgumentException>(() => writer.Add("x", [1f], 1));
    }

    [Fact]
    public void WriteAtomically_ExistingFile_IsReplacedWithoutRemains()
    {
        string folder = Directory.CreateTempSubdirectory("sjc-safetensors-").FullName;
        try
        {
            string path = Path.Combine(folder, "field.safetensors");
            new SafetensorsWriter().Add("x", [1f], 1).WriteAtomically(path);
            new SafetensorsWriter().Add("x", [2f], 1).WriteAtomically(path);
            Assert.Equal([2f], SafetensorsFile.Read(path).Floats("x"));
            Assert.Equal([path], Directory.GetFiles(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Bytes(uint index, int count)
    {
        float[] values = new float[count];
        new RandomKey(43, RandomStream.Pictures, 0, index).FillUniform(values);
        return [.. values.Select(value => (byte)(value * 256))];
    }

    private static SafetensorsFile Read(SafetensorsWriter writer)
    {
        using MemoryStream stream = new();
        writer.Write(stream);
        stream.Position = 0;
        return SafetensorsFile.Read(stream);
    }
}

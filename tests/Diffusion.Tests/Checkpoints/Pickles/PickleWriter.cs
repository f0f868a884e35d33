using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Sjc.Diffusion.Tests.Checkpoints.Pickles;

/// <summary>Writes small pickles of tensors in the forms of torch.save, also such as torch would not write.</summary>
internal sealed class PickleWriter
{
    private readonly List<byte> bytes = [];

    public PickleWriter() => Raw("\x80\x02");

    public byte[] Bytes => [.. bytes, (byte)'.'];

    /// <summary>Operations as Latin-1 text.</summary>
    public PickleWriter Raw(string operations)
    {
        bytes.AddRange(Encoding.Latin1.GetBytes(operations));
        return this;
    }

    public PickleWriter Text(string value) => Raw("X" + Length(value.Length)).Raw(value);

    public PickleWriter Integer(long value)
    {
        byte[] eight = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(eight, value);
        return Raw("\x8a\x08" + Encoding.Latin1.GetString(eight));
    }

    public PickleWriter Integers(params long[] values)
    {
        Raw("(");
        foreach (long value in values)
        {
            Integer(value);
        }

        return Raw("t");
    }

    public PickleWriter Global(string module, string name) => Raw($"c{module}\n{name}\n");

    /// <summary>A view of a storage.</summary>
    public PickleWriter Tensor(string key, string storageClass, long storageCount, long offset, long[] shape, long[] strides, string view = "")
    {
        Global("torch._utils", "_rebuild_tensor_v2").Raw("(");
        Raw("(").Text("storage").Global("torch", storageClass).Text(key).Text("cpu").Integer(storageCount).Raw(view).Raw("tQ");
        return Integer(offset).Integers(shape).Integers(strides).Raw("\x89").Global("collections", "OrderedDict").Raw(")RtR");
    }

    /// <summary>A zip file with this as its data.pkl.</summary>
    public byte[] ToZip(IReadOnlyDictionary<string, byte[]> storages, string folder = "archive/", CompressionLevel compression = CompressionLevel.NoCompression) => ToZip(Bytes, storages, folder, compression);

    /// <summary>The form of before torch 1.6.</summary>
    public byte[] ToLegacy(params (string Key, long Count, byte[] Data)[] storages)
    {
        using MemoryStream file = new();
        file.Write(Convert.FromHexString("80028A0A6CFC9C46F9206AA850192E" + "80024DE9032E"));
        file.Write(new PickleWriter().Raw("}").Text("little_endian").Raw("\x88s").Bytes);
        file.Write(Bytes);
        PickleWriter keys = new PickleWriter().Raw("](");
        foreach ((string key, _, _) in storages)
        {
            keys.Text(key);
        }

        file.Write(keys.Raw("e").Bytes);
        byte[] eight = new byte[8];
        foreach ((_, long count, byte[] data) in storages)
        {
            BinaryPrimitives.WriteInt64LittleEndian(eight, count);
            file.Write(eight);
            file.Write(data);
        }

        return file.ToArray();
    }

    public static byte[] ToZip(byte[] pickle, IReadOnlyDictionary<string, byte[]> storages, string folder = "archive/", CompressionLevel compression = CompressionLevel.NoCompression)
    {
        using MemoryStream file = new();
        using (ZipArchive zip = new(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, folder + "data.pkl", pickle, compression);
            foreach ((string key, byte[] data) in storages)
            {
                Add(zip, $"{folder}data/{key}", data, compression);
            }
        }

        return file.ToArray();
    }

    private static void Add(ZipArchive zip, string name, byte[] content, CompressionLevel compression)
    {
        using Stream entry = zip.CreateEntry(name, compression).Open();
        entry.Write(content);
    }

    private static string Length(int count) => new([(char)(count & 0xFF), (char)(count >> 8), '\0', '\0']);
}

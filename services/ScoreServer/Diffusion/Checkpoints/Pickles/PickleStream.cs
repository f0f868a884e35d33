using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Sjc.Diffusion.Checkpoints.Pickles;

/// <summary>Bytes of a pickle, read from front to back and never beyond the end.</summary>
/// <param name="name">The file's name, for messages.</param>
/// <param name="data">The pickle and what follows it.</param>
internal ref partial struct PickleStream(string name, ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> data = data;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>The next byte.</summary>
    public byte Byte() => Bytes(1)[0];

    /// <summary>The next two bytes, little-endian.</summary>
    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    /// <summary>The next four bytes, little-endian.</summary>
    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(4));

    /// <summary>The next eight bytes, big-endian as pickles have them.</summary>
    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Bytes(8));

    /// <summary>A length of four bytes.</summary>
    public long Length32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    /// <summary>A length of eight bytes.</summary>
    public long Length64()
    {
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));
        return length <= long.MaxValue ? (long)length : throw Ended();
    }

    /// <summary>The next bytes.</summary>
    /// <exception cref="InvalidDataException">The pickle ends before.</exception>
    public ReadOnlySpan<byte> Bytes(long count)
    {
        if (count > data.Length - Position)
        {
            throw Ended();
        }

        ReadOnlySpan<byte> bytes = data.Slice(Position, (int)count);
        Position += (int)count;
        return bytes;
    }

    /// <summary>UTF-8 text; what is none becomes replacement characters.</summary>
    public string Text(long count) => Encoding.UTF8.GetString(Bytes(count));

    /// <summary>Text up to the next line feed, which is read too.</summary>
    public string Line() => Encoding.UTF8.GetString(LineBytes());

    /// <summary>The same in Python's "raw-unicode-escape": Latin-1 with \uXXXX and \UXXXXXXXX for what is not.</summary>
    public string EscapedLine() => EscapePattern().Replace(Encoding.Latin1.GetString(LineBytes()), match =>
        uint.Parse(match.ValueSpan[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var code && Rune.IsValid(code) ? new Rune(code).ToString() : "\uFFFD");

    private ReadOnlySpan<byte> LineBytes()
    {
        const int MaxLine = 4096;
        int end = data[Position..].IndexOf((byte)'\n');
        if (end is < 0 or > MaxLine)
        {
            throw end < 0 ? Ended() : new InvalidDataException($"{name} must have pickled lines of at most {MaxLine} bytes, but has one of {end} at byte {Position}.");
        }

        return Bytes(end + 1)[..^1];
    }

    [GeneratedRegex(@"\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}", RegexOptions.CultureInvariant)]
    private static partial Regex EscapePattern();

    private readonly InvalidDataException Ended() => new($"{name} must hold a whole pickle, but ends after {data.Length} of its bytes, before the end of the pickle.");
}

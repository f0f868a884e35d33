using System.Buffers.Binary;
using System.Text;

namespace Sjc.Diffusion.Checkpoints;

/// <summary>The entries of a zip file and where their bytes lie: stored entries can then be read in place.</summary>
/// <remarks>PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3. Archives over several disks and encrypted entries are refused.</remarks>
internal static class ZipDirectory
{
    private const uint LocalSignature = 0x04034b50;
    private const uint CentralSignature = 0x02014b50;
    private const uint EndSignature = 0x06054b50;
    private const uint End64Signature = 0x06064b50;
    private const uint Locator64Signature = 0x07064b50;
    private const int EndLength = 22;
    private const int CentralLength = 46;
    private const int LocalLength = 30;
    private const int MaxRecords = 1_000_000;

    /// <summary>Reads the directory.</summary>
    /// <exception cref="InvalidDataException">There is none, or it points outside the file.</exception>
    public static IReadOnlyDictionary<string, ZipRecord> Read(MappedFile file)
    {
        (long position, long count) = FindDirectory(file);
        Dictionary<string, ZipRecord> records = new(StringComparer.Ordinal);
        for (long i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> fixedPart = Part(file, position, CentralLength);
            Require(file, BinaryPrimitives.ReadUInt32LittleEndian(fixedPart) == CentralSignature, $"an entry at byte {position} of its zip directory");
            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(fixedPart[28..]);
            int extraLength = BinaryPrimitives.ReadUInt16LittleEndian(fixedPart[30..]);
            int commentLength = BinaryPrimitives.ReadUInt16LittleEndian(fixedPart[32..]);
            string name = Encoding.UTF8.GetString(Part(file, position + CentralLength, nameLength));
            ReadOnlySpan<byte> extra = Part(file, position + CentralLength + nameLength, extraLength);
            Require(file, records.TryAdd(name, ReadRecord(file, name, fixedPart, extra)), $"records of different names, not {name} twice");
            position += CentralLength + nameLength + extraLength + commentLength;
        }

        return records;
    }

    private static (long Position, long Count) FindDirectory(MappedFile file)
    {
        // The end record is followed by a comment of at most 65 535 bytes.
        int tailLength = (int)Math.Min(file.Length, EndLength + ushort.MaxValue);
        ReadOnlySpan<byte> tail = file.Span(file.Length - tailLength, tailLength);
        int end = tailLength - EndLength;
        while (end >= 0 && BinaryPrimitives.ReadUInt32LittleEndian(tail[end..]) != EndSignature)
        {
            end--;
        }

        Require(file, end >= 0, "a zip directory at its end (the download may have been cut short)");
        long count = BinaryPrimitives.ReadUInt16LittleEndian(tail[(end + 10)..]);
        long position = BinaryPrimitives.ReadUInt32LittleEndian(tail[(end + 16)..]);
        long locator = file.Length - tailLength + end - 20;
        if (locator >= 0 && BinaryPrimitives.ReadUInt32LittleEndian(file.Span(locator, 4)) == Locator64Signature)
        {
            long end64 = Int64(file, file.Span(locator + 8, 8));
            ReadOnlySpan<byte> record = Part(file, end64, 56);
            Require(file, BinaryPrimitives.ReadUInt32LittleEndian(record) == End64Signature, "a zip64 end record where its locator points");
            count = Int64(file, record[32..]);
            position = Int64(file, record[48..]);
        }

        Require(file, count is >= 0 and <= MaxRecords, $"at most {MaxRecords} records, not {count}");
        return (position, count);
    }

    private static ZipRecord ReadRecord(MappedFile file, string name, ReadOnlySpan<byte> central, ReadOnlySpan<byte> extra)
    {
        int flags = BinaryPrimitives.ReadUInt16LittleEndian(central[8..]);
        int method = BinaryPrimitives.ReadUInt16LittleEndian(central[10..]);
        Require(file, method is 0 or 8 && (flags & 1) == 0, $"stored or deflated records, not {name} with method {method} and flags {flags}");
        ReadOnlySpan<byte> wide = Zip64Field(extra);

        // Of the wide fields those are there whose narrow ones are all ones, in this order.
        Span<long> fields = [BinaryPrimitives.ReadUInt32LittleEndian(central[24..]), BinaryPrimitives.ReadUInt32LittleEndian(central[20..]), BinaryPrimitives.ReadUInt32LittleEndian(central[42..])];
        foreach (ref long field in fields)
        {
            if (field == uint.MaxValue)
            {
                Require(file, wide.Length >= 8, $"a zip64 field for {name}");
                field = Int64(file, wide);
                wide = wide[8..];
            }
        }

        (long content, long stored, long header) = (fields[0], fields[1], fields[2]);
        ReadOnlySpan<byte> local = Part(file, header, LocalLength);
        Require(file, BinaryPrimitives.ReadUInt32LittleEndian(local) == LocalSignature, $"a local header for {name} at byte {header}");
        long offset = header + LocalLength + BinaryPrimitives.ReadUInt16LittleEndian(local[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(local[28..]);
        Require(file, offset <= file.Length - stored && (method == 8 || stored == content), $"the {stored} bytes of {name} inside it");
        return new ZipRecord(name, method == 8, offset, stored, content);
    }

    private static ReadOnlySpan<byte> Zip64Field(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(extra);
            int length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]), extra.Length - 4);
            if (id == 1)
            {
                return extra.Slice(4, length);
            }

            extra = extra[(4 + length)..];
        }

        return [];
    }

    private static ReadOnlySpan<byte> Part(MappedFile file, long offset, int count)
    {
        Require(file, offset >= 0 && offset <= file.Length - count, $"its zip directory inside it, not at byte {offset}");
        return file.Span(offset, count);
    }

    private static long Int64(MappedFile file, ReadOnlySpan<byte> bytes)
    {
        long value = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Require(file, value >= 0 && value <= long.MaxValue / 2, "zip64 fields of a possible size");
        return value;
    }

    private static void Require(MappedFile file, bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidDataException($"{file.Name} must have {what}, but has not.");
        }
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Sjc.Diffusion.Tests.TorchNativeMend;

/// <summary>Builds a small 64-bit ELF library with dynamic symbols and version needs, as far as the mender reads one.</summary>
internal static class ElfLibrary
{
    public const string MissingSymbol = "_ZSt21ios_base_library_initv";

    private const int HeaderSize = 64;
    private const int SectionHeaderSize = 64;

    /// <summary>A library that needs each version of libstdc++.so.6, in the order given, and imports each symbol under the version beside it.</summary>
    public static byte[] Build(string[] versions, params (string Name, int Version)[] symbols)
    {
        StringTable strings = new();
        byte[] needs = VersionNeeds(strings, versions);
        byte[] dynamicSymbols = new byte[24 * (symbols.Length + 1)];
        byte[] symbolVersions = new byte[2 * (symbols.Length + 1)];
        for (int i = 0; i < symbols.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(dynamicSymbols.AsSpan(24 * (i + 1)), strings.Add(symbols[i].Name));
            BinaryPrimitives.WriteUInt16LittleEndian(symbolVersions.AsSpan(2 * (i + 1)), (ushort)(symbols[i].Version + 2));
        }

        return Assemble([(".dynstr", strings.ToArray()), (".dynsym", dynamicSymbols), (".gnu.version", symbolVersions), (".gnu.version_r", needs)]);
    }

    /// <summary>Where a section's contents lie.</summary>
    public static Range Section(byte[] image, string name)
    {
        int table = (int)BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(40));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(60));
        int namesHeader = table + (BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(62)) * SectionHeaderSize);
        int names = (int)BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(namesHeader + 24));
        for (int i = 0; i < count; i++)
        {
            int header = table + (i * SectionHeaderSize);
            int start = names + (int)BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(header));
            int end = Array.IndexOf(image, (byte)0, start);
            if (Encoding.ASCII.GetString(image, start, end - start) == name)
            {
                int offset = (int)BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(header + 24));
                return offset..(offset + (int)BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(header + 32)));
            }
        }

        throw new InvalidDataException($"The library must have a section {name}.");
    }

    private static byte[] VersionNeeds(StringTable strings, string[] versions)
    {
        byte[] needs = new byte[16 * (versions.Length + 1)];
        BinaryPrimitives.WriteUInt16LittleEndian(needs, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(needs.AsSpan(2), (ushort)versions.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(needs.AsSpan(4), strings.Add("libstdc++.so.6"));
        BinaryPrimitives.WriteUInt32LittleEndian(needs.AsSpan(8), 16);
        for (int i = 0; i < versions.Length; i++)
        {
            Span<byte> entry = needs.AsSpan(16 * (i + 1));
            BinaryPrimitives.WriteUInt16LittleEndian(entry[6..], (ushort)(i + 2));
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], strings.Add(versions[i]));
            BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], i + 1 < versions.Length ? 16u : 0u);
        }

        return needs;
    }

    private static byte[] Assemble(List<(string Name, byte[] Data)> sections)
    {
        StringTable names = new();
        uint[] nameOffsets = [.. sections.Select(section => names.Add(section.Name)), names.Add(".shstrtab")];
        sections.Add((".shstrtab", names.ToArray()));
        int table = HeaderSize + sections.Sum(section => section.Data.Length);
        byte[] image = new byte[table + (SectionHeaderSize * (sections.Count + 1))];
        new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(image, 0);
        BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(40), (ulong)table);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(58), SectionHeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(60), (ushort)(sections.Count + 1));
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(62), (ushort)sections.Count);
        int offset = HeaderSize;
        for (int i = 0; i < sections.Count; i++)
        {
            Span<byte> header = image.AsSpan(table + ((i + 1) * SectionHeaderSize));
            BinaryPrimitives.WriteUInt32LittleEndian(header, nameOffsets[i]);
            BinaryPrimitives.WriteUInt64LittleEndian(header[24..], (ulong)offset);
            BinaryPrimitives.WriteUInt64LittleEndian(header[32..], (ulong)sections[i].Data.Length);
            sections[i].Data.CopyTo(image, offset);
            offset += sections[i].Data.Length;
        }

        return image;
    }

    /// <summary>An ELF string table: an empty string, then each string with its terminator.</summary>
    private sealed class StringTable
    {
        private readonly List<byte> bytes = [0];

        public uint Add(string text)
        {
            uint offset = (uint)bytes.Count;
            bytes.AddRange(Encoding.ASCII.GetBytes(text + "\0"));
            return offset;
        }

        public byte[] ToArray() => [.. bytes];
    }
}

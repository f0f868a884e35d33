using System.Buffers.Binary;
using System.Text;

namespace Sjc.TorchNativeMend;

/// <summary>
/// Makes a 64-bit little-endian ELF library that was linked against GCC 13's libstdc++ load with an older one, when all that it
/// takes from the newer version is <c>std::ios_base_library_init</c>, a marker whose call only forces initialisation order.
/// </summary>
/// <remarks>
/// Three edits, none of which moves a byte: the version need becomes weak (.gnu.version_r, VER_FLG_WEAK), the symbol loses its
/// version (.gnu.version entry 1, VER_NDX_GLOBAL), and its name becomes that of a harmless function without arguments.
/// </remarks>
public static class NativeLibraryMender
{
    /// <summary>The symbol version of GCC 13's libstdc++.</summary>
    public const string MissingVersion = "GLIBCXX_3.4.32";

    private const string Symbol = "_ZSt21ios_base_library_initv";
    private const string Substitute = "getpid";
    private const ushort WeakFlag = 2;
    private const ushort UnversionedGlobal = 1;
    private const int DynamicSymbolSize = 24;

    /// <summary>Mends the file at <paramref name="path"/> unless the system needs no mend. Replaces the file atomically, keeps its
    /// modification time, and leaves other hard links to it (the package cache) as they are.</summary>
    /// <exception cref="InvalidDataException">The file is not an ELF library of the expected form.</exception>
    public static MendOutcome Mend(string path, Func<string, bool> systemProvides)
    {
        if (systemProvides(MissingVersion))
        {
            return MendOutcome.NotNeeded;
        }

        byte[] image = File.ReadAllBytes(path);
        if (!TryMend(image))
        {
            return MendOutcome.AlreadyMended;
        }

        FileReplacement.Write(path, image);
        return MendOutcome.Mended;
    }

    /// <summary>Edits an ELF image in place.</summary>
    /// <returns>False where no binding need of <see cref="MissingVersion"/> exists, and nothing was changed.</returns>
    /// <exception cref="InvalidDataException">The image is no 64-bit little-endian ELF library with a dynamic symbol table.</exception>
    public static bool TryMend(Span<byte> image)
    {
        if (image.Length < 64 || !image[..6].SequenceEqual("\u007fELF\u0002\u0001"u8))
        {
            throw new InvalidDataException("The file must be a 64-bit little-endian ELF library, but its header says otherwise.");
        }

        try
        {
            return TryMendSections(image);
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException)
        {
            throw new InvalidDataException("The ELF library must have its sections inside the file, but one reaches past its end.", exception);
        }
    }

    private static bool TryMendSections(Span<byte> image)
    {
        Span<byte> names = Section(image, ".dynstr");
        Span<byte> symbols = Section(image, ".dynsym");
        Span<byte> versions = Section(image, ".gnu.version");
        if (!WeakenNeed(Section(image, ".gnu.version_r"), names))
        {
            return false;
        }

        for (int index = 0; (index + 1) * DynamicSymbolSize <= symbols.Length; index++)
        {
            int nameOffset = checked((int)BinaryPrimitives.ReadUInt32LittleEndian(symbols[(index * DynamicSymbolSize)..]));
            if (ReadName(names, nameOffset) == Symbol)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(versions[(index * 2)..], UnversionedGlobal);
                Encoding.ASCII.GetBytes(Substitute + "\0", names[nameOffset..]);
                return true;
            }
        }

        throw new InvalidDataException($"The library must need {MissingVersion} for {Symbol} alone, but has no such symbol.");
    }

    private static bool WeakenNeed(Span<byte> needs, ReadOnlySpan<byte> names)
    {
        for (int need = 0; ;)
        {
            int auxiliaryCount = BinaryPrimitives.ReadUInt16LittleEndian(needs[(need + 2)..]);
            int auxiliary = checked(need + (int)BinaryPrimitives.ReadUInt32LittleEndian(needs[(need + 8)..]));
            for (int i = 0; i < auxiliaryCount; i++)
            {
                Span<byte> entry = needs[auxiliary..];
                ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(entry[4..]);
                if ((flags & WeakFlag) == 0 && ReadName(names, checked((int)BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]))) == MissingVersion)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(entry[4..], (ushort)(flags | WeakFlag));
                    return true;
                }

                auxiliary = checked(auxiliary + (int)BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]));
            }

            uint next = BinaryPrimitives.ReadUInt32LittleEndian(needs[(need + 12)..]);
            if (next == 0)
            {
                return false;
            }

            need = checked(need + (int)next);
        }
    }

    private static Span<byte> Section(Span<byte> image, string name)
    {
        int table = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(image[40..]));
        int entrySize = BinaryPrimitives.ReadUInt16LittleEndian(image[58..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(image[60..]);
        int nameSection = BinaryPrimitives.ReadUInt16LittleEndian(image[62..]);
        ReadOnlySpan<byte> sectionNames = Contents(image, table + (nameSection * entrySize));
        for (int i = 0; i < count; i++)
        {
            int header = table + (i * entrySize);
            if (ReadName(sectionNames, checked((int)BinaryPrimitives.ReadUInt32LittleEndian(image[header..]))) == name)
            {
                return Contents(image, header);
            }
        }

        throw new InvalidDataException($"The ELF library must have a section {name}, but has none.");
    }

    private static Span<byte> Contents(Span<byte> image, int header)
    {
        int offset = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(image[(header + 24)..]));
        int size = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(image[(header + 32)..]));
        return image.Slice(offset, size);
    }

    private static string ReadName(ReadOnlySpan<byte> names, int offset)
    {
        ReadOnlySpan<byte> rest = names[offset..];
        int end = rest.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? rest : rest[..end]);
    }
}

using System.Buffers.Binary;
using System.Text;
using Sjc.Numerics;
using Sjc.TorchNativeMend;

namespace Sjc.Diffusion.Tests.TorchNativeMend;

public sealed class NativeLibraryMenderTests
{
    private static readonly string[] Versions = ["GLIBCXX_3.4.29", NativeLibraryMender.MissingVersion];

    [Fact]
    public void TryMend_LibraryWithTheNeed_MakesItWeakAndReplacesTheSymbol()
    {
        byte[] image = Library();
        byte[] before = [.. image];
        Assert.True(NativeLibraryMender.TryMend(image));

        byte[] needs = image[ElfLibrary.Section(image, ".gnu.version_r")];
        Assert.Equal(0, BinaryPrimitives.ReadUInt16LittleEndian(needs.AsSpan(16 + 4)));
        Assert.Equal(2, BinaryPrimitives.ReadUInt16LittleEndian(needs.AsSpan(32 + 4)));
        byte[] versions = image[ElfLibrary.Section(image, ".gnu.version")];
        Assert.Equal([0, 2, 1, 2], Enumerable.Range(0, 4).Select(i => (int)BinaryPrimitives.ReadUInt16LittleEndian(versions.AsSpan(2 * i))));
        string strings = Encoding.ASCII.GetString(image[ElfLibrary.Section(image, ".dynstr")]);
        Assert.Contains("\0getpid\0", strings, StringComparison.Ordinal);
        Assert.DoesNotContain(ElfLibrary.MissingSymbol, strings, StringComparison.Ordinal);
        Assert.Contains("\0_ZNSolsEi\0", strings, StringComparison.Ordinal);

        // The flag, the version's low byte and the seven bytes of "getpid\0" over the old name, of which one letter is the same.
        Assert.Equal(before.Length, image.Length);
        Assert.InRange(before.Zip(image).Count(pair => pair.First != pair.Second), 3, 9);
    }

    [Fact]
    public void TryMend_MendedLibrary_LeavesItAlone()
    {
        byte[] image = Library();
        NativeLibraryMender.TryMend(image);
        byte[] mended = [.. image];
        Assert.False(NativeLibraryMender.TryMend(image));
        Assert.Equal(mended, image);
    }

    [Fact]
    public void TryMend_OlderVersionsAlone_LeavesTheLibraryAlone()
    {
        byte[] image = ElfLibrary.Build(["GLIBCXX_3.4.21", "GLIBCXX_3.4.29"], ("_ZNSolsEi", 0));
        byte[] before = [.. image];
        Assert.False(NativeLibraryMender.TryMend(image));
        Assert.Equal(before, image);
    }

    [Fact]
    public void TryMend_NeedForAnotherSymbol_ThrowsInvalidData()
    {
        byte[] image = ElfLibrary.Build(Versions, ("_ZNSolsEi", 1));
        InvalidDataException exception = Assert.Throws<InvalidDataException>(() => NativeLibraryMender.TryMend(image));
        Assert.Contains(ElfLibrary.MissingSymbol, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0x7E)] // no ELF
    [InlineData(4, 1)]    // 32 bits
    [InlineData(5, 2)]    // big-endian
    public void TryMend_OtherHeader_ThrowsInvalidData(int offset, byte value)
    {
        byte[] image = Library();
        image[offset] = value;
        Assert.Throws<InvalidDataException>(() => NativeLibraryMender.TryMend(image));
    }

    [Fact]
    public void TryMend_EveryTruncation_ThrowsInvalidData()
    {
        // The last section header's fields after its size (link, info, alignment, entry size) are not read.
        const int UnreadTail = 24;
        byte[] image = Library();
        for (int length = 0; length < image.Length - UnreadTail; length++)
        {
            byte[] cut = image[..length];
            Assert.Throws<InvalidDataException>(() => NativeLibraryMender.TryMend(cut));
        }
    }

    [Fact]
    public void TryMend_MutatedBytes_GivesAnOutcomeOrInvalidData()
    {
        byte[] valid = Library();
        int outcomes = 0;
        for (uint trial = 0; trial < 5000; trial++)
        {
            RandomKey key = new(71, RandomStream.Pictures, trial);
            byte[] image = [.. valid];
            int edits = 1 + key.UniformInteger(0, 4);
            for (uint edit = 0; edit < edits; edit++)
            {
                image[key.UniformInteger(1 + (2 * edit), image.Length)] = (byte)key.UniformInteger(2 + (2 * edit), 256);
            }

            try
            {
                NativeLibraryMender.TryMend(image);
                outcomes++;
            }
            catch (InvalidDataException)
            {
                Assert.Equal(valid.Length, image.Length);
            }
        }

        // Most bytes are not the mender's concern, some are: both kinds were tried.
        Assert.InRange(outcomes, 1, 4999);
    }

    [Fact]
    public void Mend_SystemProvidesTheVersion_DoesNotTouchTheFile() => WithFile(Library(), path =>
    {
        Assert.Equal(MendOutcome.NotNeeded, NativeLibraryMender.Mend(path, _ => true));
        Assert.Equal(Library(), File.ReadAllBytes(path));
    });

    [Fact]
    public void Mend_OlderSystem_ReplacesTheFileInsteadOfWritingIntoIt() => WithFile(Library(), path =>
    {
        DateTime modified = new(2020, 2, 2, 2, 2, 2, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, modified);

        // An open handle sees the old file, as another hard link to it (the package cache) would.
        using FileStream old = File.OpenRead(path);
        Assert.Equal(MendOutcome.Mended, NativeLibraryMender.Mend(path, version => version != NativeLibraryMender.MissingVersion));
        Assert.Equal(MendOutcome.AlreadyMended, NativeLibraryMender.Mend(path, _ => false));
        byte[] seen = new byte[old.Length];
        old.ReadExactly(seen);
        Assert.Equal(Library(), seen);
        Assert.NotEqual(Library(), File.ReadAllBytes(path));
        Assert.Equal(modified, File.GetLastWriteTimeUtc(path));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    });

    [Fact]
    public void Mend_CopyOfTheShippedLibrary_EndsMended()
    {
        string shipped = Path.Combine(AppContext.BaseDirectory, "runtimes/linux-x64/native/libLibTorchSharp.so");
        Assert.SkipUnless(File.Exists(shipped), $"There is no {shipped}: this build is for another platform.");
        byte[] image = File.ReadAllBytes(shipped);
        WithFile(image, path =>
        {
            // The build has mended it already where this system needs it.
            Assert.NotEqual(MendOutcome.NotNeeded, NativeLibraryMender.Mend(path, _ => false));
            Assert.Equal(MendOutcome.AlreadyMended, NativeLibraryMender.Mend(path, _ => false));
            byte[] mended = File.ReadAllBytes(path);
            Assert.Equal(image.Length, mended.Length);
            Assert.InRange(image.Zip(mended).Count(pair => pair.First != pair.Second), 0, 9);
        });
    }

    private static byte[] Library() => ElfLibrary.Build(Versions, ("_ZNSolsEi", 0), (ElfLibrary.MissingSymbol, 1), ("memcpy", 0));

    private static void WithFile(byte[] content, Action<string> test)
    {
        string folder = Directory.CreateTempSubdirectory("sjc-mend-").FullName;
        try
        {
            string path = Path.Combine(folder, "libLibTorchSharp.so");
            File.WriteAllBytes(path, content);
            test(path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

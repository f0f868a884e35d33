using System.Runtime.InteropServices;

namespace Sjc.RadianceField.Vectors;

/// <summary>Memory straight from the system: on Linux in huge pages, elsewhere from the C library.</summary>
internal static unsafe partial class PageMemory
{
    private const nint HugePage = 2 << 20;
    private const nuint CacheLine = 64;

    // Of Linux, the same on all its architectures that .NET knows.
    private const int ReadWrite = 3; // PROT_READ | PROT_WRITE
    private const int PrivateAnonymous = 0x22; // MAP_PRIVATE | MAP_ANONYMOUS
    private const int AdviseHugePages = 14; // MADV_HUGEPAGE; a refusal changes nothing but the speed

    /// <summary>Memory that begins on a cache line; free it with the same size.</summary>
    /// <exception cref="InsufficientMemoryException">There is not so much.</exception>
    public static nint Allocate(nint bytes)
    {
        if (!IsMapped(bytes))
        {
            return (nint)NativeMemory.AlignedAlloc((nuint)bytes, CacheLine);
        }

        nint address = Map(0, RoundUp(bytes), ReadWrite, PrivateAnonymous, -1, 0);
        if (address == -1)
        {
            throw new InsufficientMemoryException($"{bytes} bytes must be free, but are not.");
        }

        _ = Advise(address, RoundUp(bytes), AdviseHugePages);
        return address;
    }

    /// <summary>Gives memory back.</summary>
    public static void Free(nint address, nint bytes)
    {
        if (IsMapped(bytes))
        {
            _ = Unmap(address, RoundUp(bytes));
        }
        else
        {
            NativeMemory.AlignedFree((void*)address);
        }
    }

    private static bool IsMapped(nint bytes) => OperatingSystem.IsLinux() && bytes >= HugePage;

    private static nint RoundUp(nint bytes) => (bytes + HugePage - 1) & ~(HugePage - 1);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nint length, int advice);
}

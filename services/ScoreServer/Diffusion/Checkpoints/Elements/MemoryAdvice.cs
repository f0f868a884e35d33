using System.Runtime.InteropServices;

namespace Sjc.Diffusion.Checkpoints.Elements;

/// <summary>Hints to Linux on how memory will be used. Where they cannot be followed nothing happens.</summary>
internal static unsafe partial class MemoryAdvice
{
    // <sys/mman.h>.
    private const int DontNeed = 4;
    private const int HugePage = 14;
    private const int PopulateRead = 22;
    private const nuint HugePageSize = 2 << 20;

    /// <summary>Lets go of the pages of a mapped file that lie wholly inside a part of it: they no longer count as this process's memory and stay in the page cache.</summary>
    public static void Release(byte* start, long byteCount) => Advise(start, byteCount, (nuint)Environment.SystemPageSize, DontNeed);

    /// <summary>Backs memory that is about to be written with pages of 2 MiB: a five-hundredth of the page faults.</summary>
    public static void UseHugePages(byte* start, long byteCount) => Advise(start, byteCount, HugePageSize, HugePage);

    /// <summary>Maps the pages that lie wholly inside a part of a mapped file at once, rather than by a fault for every few of them.</summary>
    public static void Populate(byte* start, long byteCount) => Advise(start, byteCount, (nuint)Environment.SystemPageSize, PopulateRead);

    private static void Advise(byte* start, long byteCount, nuint pageSize, int advice)
    {
        nuint first = ((nuint)start + pageSize - 1) / pageSize * pageSize;
        nuint end = ((nuint)start + (nuint)byteCount) / pageSize * pageSize;
        if (OperatingSystem.IsLinux() && end > first)
        {
            _ = SetAdvice(first, end - first, advice);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int SetAdvice(nuint address, nuint length, int advice);
}

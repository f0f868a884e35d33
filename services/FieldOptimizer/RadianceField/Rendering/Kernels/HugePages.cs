using System.Runtime.InteropServices;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Linux's advice to back memory with huge pages.</summary>
internal static partial class HugePages
{
    private const int AdviseHugePages = 14; // MADV_HUGEPAGE of Linux

    /// <summary>Asks for huge pages; a refusal changes nothing but the speed.</summary>
    public static void Advise(nint address, nint length) => _ = MemoryAdvise(address, length, AdviseHugePages);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MemoryAdvise(nint address, nint length, int advice);
}

using System.Runtime.InteropServices;

namespace Sjc.ScoreServer.Models;

/// <summary>Gives memory back to the system after something large is gone. Rare, and slow.</summary>
internal static partial class MemoryRelease
{
    /// <summary>Runs the finalizers of tensors that nobody holds, and returns the allocator's free pages.</summary>
    public static void Run()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        if (OperatingSystem.IsLinux())
        {
            try
            {
                _ = Trim(0);
            }
            catch (EntryPointNotFoundException)
            {
                // Another C library than glibc: its allocator keeps its own counsel.
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint pad);
}

using System.Collections;
using System.Runtime.InteropServices;

namespace Sjc.Diffusion;

/// <summary>Lets glibc's allocator, which libtorch's tensors come from, keep what a pass frees for the next one.</summary>
/// <remarks>By default it maps large blocks one by one and gives free memory back at once. A network frees its activations in each pass, so that in each
/// pass the kernel cleared thousands of pages again: a quarter of the time of the shipped network's. What is kept is at most what was in use at one
/// time; <c>malloc_trim</c> returns it.</remarks>
internal static partial class NativeHeap
{
    // malloc.h
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MapThreshold = -3;

    /// <summary>The largest block that glibc takes from a heap: half of a thread's (HEAP_MAX_SIZE / 2).</summary>
    private const int LargestBlock = 32 << 20;

    /// <summary>A thread's heap (HEAP_MAX_SIZE): with so much to spare in the one before, none that is empty is unmapped.</summary>
    private const int ThreadHeap = 64 << 20;

    /// <summary>Variables of glibc itself.</summary>
    private static readonly string[] OwnSettings = ["MALLOC_TRIM_THRESHOLD_", "MALLOC_TOP_PAD_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_MMAP_MAX_"];

    /// <summary>Sets the allocator of this process up, unless its environment does.</summary>
    public static void KeepFreedMemory()
    {
        if (!OperatingSystem.IsLinux() || IsConfigured(Environment.GetEnvironmentVariables()))
        {
            return;
        }

        try
        {
            _ = SetOption(MapThreshold, LargestBlock);
            _ = SetOption(TrimThreshold, int.MaxValue);
            _ = SetOption(TopPad, ThreadHeap);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc: its allocator keeps its own counsel.
        }
    }

    /// <summary>Whether variables of the environment set glibc's allocator up.</summary>
    internal static bool IsConfigured(IDictionary variables) =>
        OwnSettings.Any(variables.Contains) || (variables["GLIBC_TUNABLES"] as string)?.Contains("glibc.malloc.", StringComparison.Ordinal) == true;

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}

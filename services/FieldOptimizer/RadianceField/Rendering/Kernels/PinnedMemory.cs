using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Large float arrays for the kernels: pinned, and on Linux in huge pages where the system has them.</summary>
/// <remarks>The kernels walk through tens of megabytes in all directions: with pages of 4 KiB most of their time goes into address
/// translation. The advice is only that; without it results are the same.</remarks>
internal static unsafe partial class PinnedMemory
{
    private const nint HugePage = 2 << 20;
    private const int AdviseHugePages = 14; // MADV_HUGEPAGE of Linux

    /// <summary>An array of zeros.</summary>
    public static float[] Zeros(int length)
    {
        float[] array = GC.AllocateUninitializedArray<float>(length, pinned: true);
        Advise(array);
        Array.Clear(array);
        return array;
    }

    /// <summary>An array whose values are not set.</summary>
    public static float[] Uninitialized(int length)
    {
        float[] array = GC.AllocateUninitializedArray<float>(length, pinned: true);
        Advise(array);
        return array;
    }

    /// <summary>Where an array of this class lies.</summary>
    public static float* Pointer(float[] pinned) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));

    private static void Advise(float[] array)
    {
        nint begin = ((nint)Pointer(array) + HugePage - 1) & ~(HugePage - 1);
        nint end = (nint)(Pointer(array) + array.Length) & ~(HugePage - 1);
        if (OperatingSystem.IsLinux() && end > begin)
        {
            _ = MemoryAdvise(begin, end - begin, AdviseHugePages);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MemoryAdvise(nint address, nint length, int advice);
}

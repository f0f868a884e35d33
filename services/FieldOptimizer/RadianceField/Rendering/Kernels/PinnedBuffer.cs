using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>A large array for the kernels: it stays in place, begins on a cache line, and lies on Linux in huge pages where the system
/// has them.</summary>
/// <remarks>The kernels walk through tens of megabytes in all directions: with pages of 4 KiB most of their time goes into address
/// translation. The advice is only that; without it results are the same.</remarks>
internal sealed unsafe class PinnedBuffer<T>
    where T : unmanaged
{
    private const int CacheLine = 64;
    private const nint HugePage = 2 << 20;

    private readonly T[] array;
    private readonly int first;

    /// <summary>A buffer whose values are not set, or zero.</summary>
    public PinnedBuffer(int length, bool zero = false)
    {
        array = GC.AllocateUninitializedArray<T>(length + (CacheLine / sizeof(T)), pinned: true);
        nint begin = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
        first = (int)((((begin + CacheLine - 1) & ~(nint)(CacheLine - 1)) - begin) / sizeof(T));
        Length = length;
        Pointer = (T*)begin + first;
        Advise();
        if (zero)
        {
            Clear();
        }
    }

    /// <summary>Without values.</summary>
    public static PinnedBuffer<T> Empty { get; } = new(0);

    /// <summary>Values.</summary>
    public int Length { get; }

    /// <summary>The first value; valid as long as the buffer is referred to.</summary>
    public T* Pointer { get; }

    /// <summary>All values.</summary>
    public Span<T> Span => array.AsSpan(first, Length);

    /// <summary>Sets all values to zero.</summary>
    public void Clear() => Span.Clear();

    /// <summary>This buffer where it is long enough, else a new one.</summary>
    public PinnedBuffer<T> AtLeast(int length, bool zero = false) => Length >= length ? this : new(length, zero);

    private void Advise()
    {
        nint begin = ((nint)Pointer + HugePage - 1) & ~(HugePage - 1);
        nint end = (nint)(Pointer + Length) & ~(HugePage - 1);
        if (OperatingSystem.IsLinux() && end > begin)
        {
            HugePages.Advise(begin, end - begin);
        }
    }
}

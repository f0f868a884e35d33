namespace Sjc.RadianceField.Vectors;

/// <summary>A large array for the kernels, outside of the collected heap: it begins on a cache line and lies in huge pages where the
/// system has them.</summary>
/// <remarks>The kernels walk through tens of megabytes in all directions: with pages of 4 KiB most of their time goes into address
/// translation. Arrays of the collected heap get huge pages only where that heap has never been touched. Whoever takes
/// <see cref="Pointer"/> or <see cref="Span"/> must keep the buffer alive while it works.</remarks>
internal sealed unsafe class NativeBuffer<T>
    where T : unmanaged
{
    private readonly nint bytes;

    /// <summary>A buffer whose values are not set, or zero.</summary>
    public NativeBuffer(int length, bool zero = false)
    {
        Length = length;
        bytes = (nint)length * sizeof(T);
        if (length > 0)
        {
            Pointer = (T*)PageMemory.Allocate(bytes);
            GC.AddMemoryPressure(bytes);
        }

        if (zero)
        {
            Clear();
        }
    }

    /// <summary>Returns the memory.</summary>
    ~NativeBuffer()
    {
        if (Pointer != null)
        {
            PageMemory.Free((nint)Pointer, bytes);
            GC.RemoveMemoryPressure(bytes);
        }
    }

    /// <summary>Without values.</summary>
    public static NativeBuffer<T> Empty { get; } = new(0);

    /// <summary>Values.</summary>
    public int Length { get; }

    /// <summary>The first value.</summary>
    public T* Pointer { get; }

    /// <summary>All values.</summary>
    public Span<T> Span => new(Pointer, Length);

    /// <summary>Sets all values to zero.</summary>
    public void Clear()
    {
        Span.Clear();
        GC.KeepAlive(this);
    }

    /// <summary>This buffer where it is long enough, else a new one.</summary>
    public NativeBuffer<T> AtLeast(int length, bool zero = false) => Length >= length ? this : new(length, zero);
}

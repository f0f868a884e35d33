using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Fetching ahead of time: what the kernels touch next lies far apart, and waiting for memory would take most of their time.</summary>
/// <remarks>Addresses may be of no memory at all: nothing happens then. Without the instruction nothing happens either. Only <see cref="Zeros"/> writes.</remarks>
internal static unsafe class Prefetching
{
    private const int CacheLine = 64;

    /// <summary>The four pairs of neighbours in x around a cell; pitches in floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Near(float* corner, nint row, nint plane)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(corner);
            Sse.Prefetch0(corner + row);
            Sse.Prefetch0(corner + plane);
            Sse.Prefetch0(corner + plane + row);
        }
    }

    /// <summary>The same with pitches in bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Near(byte* corner, nint row, nint plane)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(corner);
            Sse.Prefetch0(corner + row);
            Sse.Prefetch0(corner + plane);
            Sse.Prefetch0(corner + plane + row);
        }
    }

    /// <summary>A run of memory.</summary>
    public static void Run(void* memory, int bytes)
    {
        for (int at = 0; Sse.IsSupported && at < bytes; at += CacheLine)
        {
            Sse.Prefetch0((byte*)memory + at);
        }
    }

    /// <summary>Memory that is zero and will be added to. Writes the zeros again: nothing keeps the processor from forgetting what it is only
    /// advised to fetch, and of some megabytes it forgets most.</summary>
    public static void Zeros(float* memory, int count)
    {
        for (int at = 0; at < count; at += CacheLine / sizeof(float))
        {
            memory[at] = 0;
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Which segments of a slab's feature gradient are not zero, from the cells that samples touched.</summary>
internal static unsafe class SlabSegments
{
    private const int Records = RecordLayout.SegmentRecords;

    /// <summary>Segments of which marks are worked on together; so many bytes behind the last may be touched.</summary>
    public const int Together = 32;

    /// <summary>Marks before a slab's first segment that must be there, and zero.</summary>
    public static int MarksBefore(in RecordLayout layout) => layout.PlaneSegments + (layout.RowPitch / Records) + 1;

    /// <summary>Finds the segments in which a touched cell has a corner.</summary>
    /// <remarks>The cells with a left or right corner in a segment are its own and the last one before; those with another corner there lie
    /// a row, a plane, or both before these: wherever a row begins, all of them are in two segments.</remarks>
    /// <param name="layout">Of the grid.</param>
    /// <param name="touched">Not 0 for segments with a touched cell.</param>
    /// <param name="segments">How many, from the slab's first, the halo's.</param>
    /// <param name="found">Receives 0 where there is none, else any other value.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Find(in RecordLayout layout, byte* touched, int segments, byte* found)
    {
        byte* row = touched - (layout.RowPitch / Records);
        byte* plane = touched - layout.PlaneSegments;
        byte* both = row - layout.PlaneSegments;
        for (int i = 0; i < segments; i += Together)
        {
            (Pair(touched + i) | Pair(row + i) | Pair(plane + i) | Pair(both + i)).Store(found + i);
        }
    }

    /// <summary>Of the segment and the one before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Pair(byte* marks) => Vector256.Load(marks) | Vector256.Load(marks - 1);
}

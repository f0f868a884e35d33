using System.Runtime.Intrinsics;
using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Fields;

/// <summary>Which blocks of 8×8×8 cells hold one that counts: a few looks tell that all samples of a stretch of rays do not. Immutable.</summary>
internal sealed unsafe class OccupiedBlocks
{
    private const int SideBits = 3;

    /// <summary>Looking at more blocks takes longer than looking at the samples.</summary>
    private const int MostBlocks = 64;

    private readonly NativeBuffer<byte> blocks;
    private readonly int width;
    private readonly int height;

    /// <summary>The blocks of some cells.</summary>
    /// <param name="layout">Of the grid.</param>
    /// <param name="cells">A byte for each cell, by the record of its lower corner.</param>
    /// <param name="empty">The byte of cells that do not count.</param>
    public OccupiedBlocks(in RecordLayout layout, byte* cells, byte empty)
    {
        (width, height) = (BlocksOf(layout.Grid.X), BlocksOf(layout.Grid.Y));
        blocks = new NativeBuffer<byte>(width * height * BlocksOf(layout.Grid.Z), zero: true);
        for (int z = 0; z <= layout.Grid.Z; z++)
        {
            for (int y = 0; y <= layout.Grid.Y; y++)
            {
                ReadOnlySpan<byte> row = new(cells + ((nint)z * layout.PlanePitch) + ((nint)y * layout.RowPitch), layout.RowPitch);
                byte* marks = blocks.Pointer + Index(0, y >> SideBits, z >> SideBits);
                for (int x = row.IndexOfAnyExcept(empty); x >= 0; x = NextOccupied(row, x, empty))
                {
                    marks[x >> SideBits] = 1;
                }
            }
        }

        GC.KeepAlive(this);
    }

    /// <summary>Whether no cell of a box counts; false where the box is too large to look.</summary>
    /// <param name="low">x, y, z of its first cell, the border's 0 included.</param>
    /// <param name="high">x, y, z of its last cell, in the grid.</param>
    public bool AreEmpty(Vector128<int> low, Vector128<int> high)
    {
        Vector128<int> first = Vector128.ShiftRightLogical(low, SideBits);
        Vector128<int> last = Vector128.ShiftRightLogical(high, SideBits);
        Vector128<int> extent = last - first + Vector128<int>.One;
        if ((long)extent[0] * extent[1] * extent[2] > MostBlocks)
        {
            return false;
        }

        int any = 0;
        for (int z = first[2]; z <= last[2]; z++)
        {
            for (int y = first[1]; y <= last[1]; y++)
            {
                for (int x = first[0]; x <= last[0]; x++)
                {
                    any |= blocks.Pointer[Index(x, y, z)];
                }
            }
        }

        return any == 0;
    }

    /// <summary>Cells along an axis are one more than voxels.</summary>
    private static int BlocksOf(int extent) => (extent >> SideBits) + 1;

    /// <summary>The first occupied cell of a later block.</summary>
    private static int NextOccupied(ReadOnlySpan<byte> row, int x, byte empty)
    {
        int next = ((x >> SideBits) + 1) << SideBits;
        int found = next < row.Length ? row[next..].IndexOfAnyExcept(empty) : -1;
        return found < 0 ? -1 : next + found;
    }

    private int Index(int x, int y, int z) => (((z * height) + y) * width) + x;
}

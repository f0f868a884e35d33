using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Fields;

/// <summary>An alpha mask by cells: which of the eight voxels around a sample are set. Immutable.</summary>
internal sealed unsafe class MaskCells
{
    private readonly NativeBuffer<byte> corners;

    /// <summary>The cells of a mask.</summary>
    /// <param name="grid">The voxels.</param>
    /// <param name="mask">[z, y, x], 1 or 0.</param>
    public MaskCells(GridSize grid, ReadOnlySpan<byte> mask)
    {
        RecordLayout layout = new(grid);
        corners = new NativeBuffer<byte>((int)layout.RecordCount, zero: true);
        int voxel = 0;
        for (int z = 0; z < grid.Z; z++)
        {
            for (int y = 0; y < grid.Y; y++)
            {
                for (int x = 0; x < grid.X; x++)
                {
                    if (mask[voxel++] != 0)
                    {
                        Mark(layout, layout.Index(x, y, z));
                    }
                }
            }
        }

        Blocks = new OccupiedBlocks(layout, corners.Pointer, empty: 0);
        GC.KeepAlive(this);
    }

    /// <summary>Blocks with a set voxel at a cell's corner.</summary>
    public OccupiedBlocks Blocks { get; }

    /// <summary>Per cell, by the record of its lower corner, a bit for each set voxel: bit x + 2y + 4z for the one at (x, y, z) from the lower corner.</summary>
    public byte* Pointer => corners.Pointer;

    /// <summary>A voxel is a corner of eight cells.</summary>
    private void Mark(in RecordLayout layout, int index)
    {
        for (int corner = 0; corner < 8; corner++)
        {
            int cell = index - (corner & 1) - ((corner >> 1 & 1) * layout.RowPitch) - ((corner >> 2) * layout.PlanePitch);
            corners.Pointer[cell] |= (byte)(1 << corner);
        }
    }
}

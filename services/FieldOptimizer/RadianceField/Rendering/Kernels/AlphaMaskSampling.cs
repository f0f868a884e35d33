using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Whether an interpolated alpha mask is above zero.</summary>
internal static unsafe class AlphaMaskSampling
{
    /// <summary>Whether a set voxel has a weight above zero at a sample.</summary>
    /// <param name="layout">Which the cells' offsets follow.</param>
    /// <param name="alphaMask">[z, y, x].</param>
    /// <param name="cell">The sample's fields in <see cref="SampleCells"/>.</param>
    public static bool IsSet(RecordLayout layout, byte[] alphaMask, float* cell)
    {
        int offset = SampleCells.Offset(cell);
        int z = (offset / layout.PlanePitch) - 1;
        int y = (offset % layout.PlanePitch / layout.RowPitch) - 1;
        int x = (offset % layout.RowPitch / layout.Stride) - 1;
        float right = cell[SampleCells.X];
        return IsSet(layout.Grid, alphaMask, x, y, z, right, cell[SampleCells.W00])
            || IsSet(layout.Grid, alphaMask, x, y + 1, z, right, cell[SampleCells.W10])
            || IsSet(layout.Grid, alphaMask, x, y, z + 1, right, cell[SampleCells.W01])
            || IsSet(layout.Grid, alphaMask, x, y + 1, z + 1, right, cell[SampleCells.W11]);
    }

    private static bool IsSet(GridSize grid, byte[] alphaMask, int x, int y, int z, float right, float weight)
    {
        if (!(weight > 0) || (uint)y >= (uint)grid.Y || (uint)z >= (uint)grid.Z)
        {
            return false;
        }

        int row = ((z * grid.Y) + y) * grid.X;
        return ((uint)x < (uint)grid.X && right < 1 && alphaMask[row + x] != 0)
            || ((uint)(x + 1) < (uint)grid.X && right > 0 && alphaMask[row + x + 1] != 0);
    }
}

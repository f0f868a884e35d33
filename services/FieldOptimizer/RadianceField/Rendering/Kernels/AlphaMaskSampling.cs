using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Whether an interpolated alpha mask is above zero.</summary>
internal static unsafe class AlphaMaskSampling
{
    /// <summary>Whether a set voxel has a weight above zero at a sample.</summary>
    /// <param name="records">Whose layout the cells' offsets follow.</param>
    /// <param name="alphaMask">[z, y, x].</param>
    /// <param name="cells">Of the samples.</param>
    /// <param name="i">The sample.</param>
    public static bool IsSet(VoxelRecords records, byte[] alphaMask, SampleCells cells, int i)
    {
        int offset = cells.Offsets[i];
        int z = (offset / records.PlanePitch) - 1;
        int y = (offset % records.PlanePitch / records.RowPitch) - 1;
        int x = (offset % records.RowPitch / records.Stride) - 1;
        float right = cells.X[i];
        return IsSet(records.Grid, alphaMask, x, y, z, right, cells.W00[i])
            || IsSet(records.Grid, alphaMask, x, y + 1, z, right, cells.W10[i])
            || IsSet(records.Grid, alphaMask, x, y, z + 1, right, cells.W01[i])
            || IsSet(records.Grid, alphaMask, x, y + 1, z + 1, right, cells.W11[i]);
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

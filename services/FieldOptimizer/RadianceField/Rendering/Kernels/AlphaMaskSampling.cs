using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Whether an interpolated alpha mask is above zero.</summary>
internal static unsafe class AlphaMaskSampling
{
    /// <summary>Marks the samples of a chunk at which a set voxel has a weight above zero.</summary>
    /// <param name="layout">Which the cells' indices follow.</param>
    /// <param name="alphaMask">[z, y, x].</param>
    /// <param name="cells">Of the chunk.</param>
    /// <param name="count">Samples.</param>
    /// <param name="active">Receives 1 or 0, [count].</param>
    public static void Mark(in RecordLayout layout, byte[] alphaMask, SampleCells cells, int count, float* active)
    {
        for (int i = 0; i < count; i++)
        {
            active[i] = IsSet(layout, alphaMask, cells, i) ? 1 : 0;
        }
    }

    private static bool IsSet(in RecordLayout layout, byte[] alphaMask, SampleCells cells, int sample)
    {
        int index = cells.Index[sample];
        int z = (index / layout.PlanePitch) - 1;
        int y = (index % layout.PlanePitch / layout.RowPitch) - 1;
        int x = (index % layout.PlanePitch % layout.RowPitch) - 1;
        (float right, float up, float back) = (cells.X[sample], cells.Y[sample], cells.Z[sample]);
        for (int corner = 0; corner < 4; corner++)
        {
            float weight = ((corner & 1) == 0 ? 1 - up : up) * (corner < 2 ? 1 - back : back);
            if (weight > 0 && IsSet(layout.Grid, alphaMask, x, y + (corner & 1), z + (corner >> 1), right))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSet(GridSize grid, byte[] alphaMask, int x, int y, int z, float right)
    {
        if ((uint)y >= (uint)grid.Y || (uint)z >= (uint)grid.Z)
        {
            return false;
        }

        int row = ((z * grid.Y) + y) * grid.X;
        return ((uint)x < (uint)grid.X && right < 1 && alphaMask[row + x] != 0)
            || ((uint)(x + 1) < (uint)grid.X && right > 0 && alphaMask[row + x + 1] != 0);
    }
}

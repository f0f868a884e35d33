using System.Runtime.CompilerServices;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Whether an interpolated alpha mask is above zero.</summary>
internal static unsafe class AlphaMaskSampling
{
    /// <summary>Bits of the corners on the lower side along x, y and z.</summary>
    private const int LowerX = 0b0101_0101;
    private const int LowerY = 0b0011_0011;
    private const int LowerZ = 0b0000_1111;
    private const int All = 0b1111_1111;

    /// <summary>Marks the samples of a chunk at which a set voxel has a weight above zero.</summary>
    /// <param name="mask">The mask.</param>
    /// <param name="cells">Of the chunk.</param>
    /// <param name="count">Samples.</param>
    /// <param name="active">Receives 1 or 0, [count].</param>
    /// <returns>Whether there is any.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Mark(MaskCells mask, SampleCells cells, int count, float* active)
    {
        byte* corners = mask.Pointer;
        int* index = cells.Index;
        int any = 0;
        for (int i = 0; i < count; i++)
        {
            int set = corners[index[i]];
            if (set is > 0 and < All)
            {
                set &= Weighted(cells.X[i], LowerX) & Weighted(cells.Y[i], LowerY) & Weighted(cells.Z[i], LowerZ);
            }

            active[i] = set == 0 ? 0 : 1;
            any |= set;
        }

        GC.KeepAlive(mask);
        return any != 0;
    }

    /// <summary>The corners whose weight along one axis is above zero.</summary>
    private static int Weighted(float fraction, int lower) => fraction == 0 ? lower : fraction == 1 ? All - lower : All;
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
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
    /// <param name="count">Samples, a multiple of sixteen.</param>
    /// <param name="active">Receives 1 or 0, [count].</param>
    /// <returns>Whether there is any.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Mark(MaskCells mask, SampleCells cells, int count, float* active)
    {
        bool any = Avx2.IsSupported ? MarkEights(mask.Pointer, cells, count, active) : MarkEach(mask.Pointer, cells, count, active);
        GC.KeepAlive(mask);
        return any;
    }

    /// <summary>Eight samples at a time; <paramref name="count"/> is a multiple of that.</summary>
    private static bool MarkEights(byte* corners, SampleCells cells, int count, float* active)
    {
        Vector256<int> any = Vector256<int>.Zero;
        for (int i = 0; i < count; i += Vector256<int>.Count)
        {
            // Three bytes more than wanted: records go on behind the last cell.
            Vector256<int> set = Avx2.GatherVector256((int*)corners, Vector256.Load(cells.Index + i), 1) & Vector256.Create(All);
            set &= Weighted(Vector256.Load(cells.X + i), LowerX) & Weighted(Vector256.Load(cells.Y + i), LowerY) & Weighted(Vector256.Load(cells.Z + i), LowerZ);
            Vector256.AndNot(Vector256<float>.One, Vector256.Equals(set, Vector256<int>.Zero).AsSingle()).Store(active + i);
            any |= set;
        }

        return any != Vector256<int>.Zero;
    }

    private static bool MarkEach(byte* corners, SampleCells cells, int count, float* active)
    {
        int any = 0;
        for (int i = 0; i < count; i++)
        {
            int set = corners[cells.Index[i]];
            if (set is > 0 and < All)
            {
                set &= Weighted(cells.X[i], LowerX) & Weighted(cells.Y[i], LowerY) & Weighted(cells.Z[i], LowerZ);
            }

            active[i] = set == 0 ? 0 : 1;
            any |= set;
        }

        return any != 0;
    }

    /// <summary>The corners whose weight along one axis is above zero.</summary>
    private static int Weighted(float fraction, int lower) => fraction == 0 ? lower : fraction == 1 ? All - lower : All;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Weighted(Vector256<float> fraction, int lower)
    {
        Vector256<int> all = Vector256.Create(All);
        Vector256<int> notOne = Vector256.ConditionalSelect(Vector256.Equals(fraction, Vector256<float>.One).AsInt32(), Vector256.Create(All - lower), all);
        return Vector256.ConditionalSelect(Vector256.Equals(fraction, Vector256<float>.Zero).AsInt32(), Vector256.Create(lower), notOne);
    }
}

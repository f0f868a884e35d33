using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Trilinear interpolation of densities, four samples at a time: along z in pairs of x, then along y and x with a sample per lane.</summary>
internal static unsafe class DensityInterpolation
{
    private const int FetchedQuads = 0b1001;

    /// <summary>Interpolates at the steps of a chunk.</summary>
    /// <param name="density">The grid's densities.</param>
    /// <param name="layout">Of the grid.</param>
    /// <param name="cells">Of the samples.</param>
    /// <param name="next">Of the samples to come, whose densities are fetched.</param>
    /// <param name="steps">Of the chunk.</param>
    /// <param name="interpolated">Receives [steps, 16].</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Interpolate(float* density, in RecordLayout layout, SampleCells cells, SampleCells next, int steps, float* interpolated)
    {
        nint row = layout.RowPitch;
        nint plane = layout.PlanePitch;
        int* index = cells.Index;
        float* z = cells.Z;
        for (int i = 0; i < steps * RayPackets.Width; i += 4)
        {
            // Of every second step two of the four times four rays, a chessboard of the picture's: their neighbours share cache lines.
            if (((FetchedQuads >> ((i >> 2) & 7)) & 1) != 0)
            {
                Prefetching.Near(density + next.Index[i], row, plane);
                Prefetching.Near(density + next.Index[i + 1], row, plane);
                Prefetching.Near(density + next.Index[i + 2], row, plane);
                Prefetching.Near(density + next.Index[i + 3], row, plane);
            }

            Vector128<float> a = Face(density + index[i], row, plane, z + i);
            Vector128<float> b = Face(density + index[i + 1], row, plane, z + i + 1);
            Vector128<float> c = Face(density + index[i + 2], row, plane, z + i + 2);
            Vector128<float> d = Face(density + index[i + 3], row, plane, z + i + 3);
            Transpose(ref a, ref b, ref c, ref d);
            Vector128<float> y = Vector128.Load(cells.Y + i);
            Vector128<float> near = Lerp(y, a, c);
            Vector128<float> far = Lerp(y, b, d);
            Lerp(Vector128.Load(cells.X + i), near, far).Store(interpolated + i);
        }
    }

    /// <summary>The four values (y₀x₀, y₀x₁, y₁x₀, y₁x₁) of a cell, interpolated along z.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Face(float* corner, nint row, nint plane, float* z) =>
        Lerp(Vector128.Create(*z), Pairs(corner, row), Pairs(corner + plane, row));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Pairs(float* corner, nint row) => Sse2.IsSupported
        ? Sse.LoadHigh(Sse2.LoadScalarVector128((double*)corner).AsSingle(), corner + row)
        : Vector128.Create(Vector64.Load(corner), Vector64.Load(corner + row));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Lerp(Vector128<float> t, Vector128<float> from, Vector128<float> to) => Vector128.FusedMultiplyAdd(t, to - from, from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref Vector128<float> a, ref Vector128<float> b, ref Vector128<float> c, ref Vector128<float> d)
    {
        if (Sse.IsSupported)
        {
            Vector128<float> ab0 = Sse.UnpackLow(a, b);
            Vector128<float> ab2 = Sse.UnpackHigh(a, b);
            Vector128<float> cd0 = Sse.UnpackLow(c, d);
            Vector128<float> cd2 = Sse.UnpackHigh(c, d);
            (a, b) = (Sse.MoveLowToHigh(ab0, cd0), Sse.MoveHighToLow(cd0, ab0));
            (c, d) = (Sse.MoveLowToHigh(ab2, cd2), Sse.MoveHighToLow(cd2, ab2));
            return;
        }

        (Vector128<float> e, Vector128<float> f, Vector128<float> g, Vector128<float> h) = (a, b, c, d);
        a = Vector128.Create(e[0], f[0], g[0], h[0]);
        b = Vector128.Create(e[1], f[1], g[1], h[1]);
        c = Vector128.Create(e[2], f[2], g[2], h[2]);
        d = Vector128.Create(e[3], f[3], g[3], h[3]);
    }
}

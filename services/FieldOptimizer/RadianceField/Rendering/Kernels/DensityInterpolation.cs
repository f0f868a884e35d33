using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Trilinear interpolation of densities, along z, y and x.</summary>
internal static unsafe class DensityInterpolation
{
    /// <summary>Interpolates at the steps of a chunk.</summary>
    /// <param name="density">The grid's densities.</param>
    /// <param name="layout">Of the grid.</param>
    /// <param name="cells">Of the samples.</param>
    /// <param name="steps">Of the chunk.</param>
    /// <param name="interpolated">Receives [steps, 16].</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Interpolate(float* density, in RecordLayout layout, SampleCells cells, int steps, float* interpolated)
    {
        nint row = sizeof(float) * layout.RowPitch;
        nint plane = sizeof(float) * layout.PlanePitch;
        for (int i = 0; i < steps * RayPackets.Width; i += 8)
        {
            if (Avx.IsSupported)
            {
                Eight(density, row, plane, cells.At(i)).Store(interpolated + i);
            }
            else
            {
                Four(density, row, plane, cells.At(i)).Store(interpolated + i);
                Four(density, row, plane, cells.At(i + 4)).Store(interpolated + i + 4);
            }
        }
    }

    /// <summary>Eight samples: pairs of x of four samples in one vector, along z and y; then two such vectors with a sample per lane along x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Eight(float* density, nint row, nint plane, SampleCells cells)
    {
        Vector256<float> z = Vector256.Load(cells.Z);
        Vector256<float> y = Vector256.Load(cells.Y);
        Corners corners = new(density, row, plane);
        Vector256<float> even = corners.Columns(cells.Index, Avx.UnpackLow(z, z), Avx.UnpackLow(y, y));
        Vector256<float> odd = corners.Columns(cells.Index + 2, Avx.UnpackHigh(z, z), Avx.UnpackHigh(y, y));
        return Lerp(Vector256.Load(cells.X), Avx.Shuffle(even, odd, 0b10_00_10_00), Avx.Shuffle(even, odd, 0b11_01_11_01));
    }

    /// <summary>Four samples: along z the pairs of x of one sample in a vector, then along y and x with a sample per lane; the same bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Four(float* density, nint row, nint plane, SampleCells cells)
    {
        Vector128<float> a = Face((byte*)(density + cells.Index[0]), row, plane, cells.Z[0]);
        Vector128<float> b = Face((byte*)(density + cells.Index[1]), row, plane, cells.Z[1]);
        Vector128<float> c = Face((byte*)(density + cells.Index[2]), row, plane, cells.Z[2]);
        Vector128<float> d = Face((byte*)(density + cells.Index[3]), row, plane, cells.Z[3]);
        Transpose(ref a, ref b, ref c, ref d);
        Vector128<float> y = Vector128.Load(cells.Y);
        return Lerp(Vector128.Load(cells.X), Lerp(y, a, c), Lerp(y, b, d));
    }

    /// <summary>The four values (y₀x₀, y₀x₁, y₁x₀, y₁x₁) of a cell, interpolated along z.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Face(byte* corner, nint row, nint plane, float z) =>
        Lerp(Vector128.Create(z), Pairs(corner, corner + row), Pairs(corner + plane, corner + plane + row));

    /// <summary>Two pairs of neighbours in x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Pairs(byte* a, byte* b) => Sse2.IsSupported
        ? Sse.LoadHigh(Sse2.LoadScalarVector128((double*)a).AsSingle(), (float*)b)
        : Vector128.Create(Vector64.Load((float*)a), Vector64.Load((float*)b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Lerp(Vector128<float> t, Vector128<float> from, Vector128<float> to) => Vector128.FusedMultiplyAdd(t, to - from, from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Lerp(Vector256<float> t, Vector256<float> from, Vector256<float> to) => Vector256.FusedMultiplyAdd(t, to - from, from);

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

    /// <summary>The corners of cells; pitches in bytes.</summary>
    private readonly ref struct Corners(float* first, nint row, nint plane)
    {
        /// <summary>The pairs of x of samples 0, 1, 4 and 5, interpolated along z and y.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Columns(int* index, Vector256<float> z, Vector256<float> y)
        {
            byte* a = (byte*)(first + index[0]);
            byte* b = (byte*)(first + index[1]);
            byte* c = (byte*)(first + index[4]);
            byte* d = (byte*)(first + index[5]);
            Vector256<float> low = Lerp(z, Vector256.Create(Pairs(a, b), Pairs(c, d)), Vector256.Create(Pairs(a + plane, b + plane), Pairs(c + plane, d + plane)));
            a += row;
            b += row;
            c += row;
            d += row;
            Vector256<float> high = Lerp(z, Vector256.Create(Pairs(a, b), Pairs(c, d)), Vector256.Create(Pairs(a + plane, b + plane), Pairs(c + plane, d + plane)));
            return Lerp(y, low, high);
        }
    }
}

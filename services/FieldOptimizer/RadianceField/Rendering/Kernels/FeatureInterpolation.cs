using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Trilinear interpolation of feature records, one visible sample after the other: along z, y and x.</summary>
internal static unsafe class FeatureInterpolation
{
    /// <summary>Interpolates at the visible samples of a chunk.</summary>
    /// <param name="features">The grid's records.</param>
    /// <param name="stride">Floats per record, a multiple of 4.</param>
    /// <param name="layout">Of the grid.</param>
    /// <param name="cells">Of the chunk.</param>
    /// <param name="next">Of the chunk to come, whose records are fetched.</param>
    /// <param name="visible">[count]: samples, counted like the tape's.</param>
    /// <param name="firstSample">The chunk's first, counted like the tape's.</param>
    /// <param name="count">Visible samples.</param>
    /// <param name="interpolated">Receives [count, stride].</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Interpolate(
        float* features, int stride, in RecordLayout layout, SampleCells cells, SampleCells next, int* visible, int firstSample, int count, float* interpolated)
    {
        nint row = (nint)layout.RowPitch * stride;
        nint plane = (nint)layout.PlanePitch * stride;
        for (int i = 0; i < count; i++, interpolated += stride)
        {
            int sample = visible[i] - firstSample;
            Prefetching.Near(features + ((nint)next.Index[sample] * stride), row, plane);
            float* corner = features + ((nint)cells.Index[sample] * stride);
            if (stride == 4 && Vector256.IsHardwareAccelerated)
            {
                Pair(corner, row, plane, cells, sample).Store(interpolated);
                continue;
            }

            for (int quad = 0; quad < stride; quad += 4)
            {
                Quad(corner + quad, stride, row, plane, cells, sample).Store(interpolated + quad);
            }
        }
    }

    /// <summary>Records of four: the two neighbours in x in one vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Pair(float* corner, nint row, nint plane, SampleCells cells, int sample)
    {
        Vector256<float> z = Vector256.Create(cells.Z[sample]);
        Vector256<float> low = Lerp(z, Vector256.Load(corner), Vector256.Load(corner + plane));
        Vector256<float> high = Lerp(z, Vector256.Load(corner + row), Vector256.Load(corner + plane + row));
        Vector256<float> middle = Lerp(Vector256.Create(cells.Y[sample]), low, high);
        return Lerp(Vector128.Create(cells.X[sample]), middle.GetLower(), middle.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Quad(float* corner, int stride, nint row, nint plane, SampleCells cells, int sample)
    {
        Vector128<float> z = Vector128.Create(cells.Z[sample]);
        Vector128<float> y = Vector128.Create(cells.Y[sample]);
        Vector128<float> near = Lerp(
            y, Lerp(z, Vector128.Load(corner), Vector128.Load(corner + plane)), Lerp(z, Vector128.Load(corner + row), Vector128.Load(corner + plane + row)));
        corner += stride;
        Vector128<float> far = Lerp(
            y, Lerp(z, Vector128.Load(corner), Vector128.Load(corner + plane)), Lerp(z, Vector128.Load(corner + row), Vector128.Load(corner + plane + row)));
        return Lerp(Vector128.Create(cells.X[sample]), near, far);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Lerp(Vector256<float> t, Vector256<float> from, Vector256<float> to) => Vector256.FusedMultiplyAdd(t, to - from, from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Lerp(Vector128<float> t, Vector128<float> from, Vector128<float> to) => Vector128.FusedMultiplyAdd(t, to - from, from);
}

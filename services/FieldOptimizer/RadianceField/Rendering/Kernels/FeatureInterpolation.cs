using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Trilinear interpolation of feature records, one visible sample after the other: along z, y and x.</summary>
internal static unsafe class FeatureInterpolation
{
    /// <summary>Interpolates at the visible samples of a chunk.</summary>
    /// <param name="features">The grid's records.</param>
    /// <param name="layout">Of the grid.</param>
    /// <param name="cells">Of the chunk.</param>
    /// <param name="next">Of the chunk to come, whose records are fetched.</param>
    /// <param name="chunk">Its colours receive what is interpolated.</param>
    /// <param name="steps">Of the chunk.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Interpolate(float* features, in RecordLayout layout, SampleCells cells, SampleCells next, in PacketSamples chunk, int steps)
    {
        int stride = chunk.ColorStride;
        nint row = (nint)layout.RowPitch * stride;
        nint plane = (nint)layout.PlanePitch * stride;
        float* interpolated = chunk.Colors;
        for (int i = 0; i < steps; i++)
        {
            for (uint mask = chunk.Visible[i]; mask != 0; mask &= mask - 1, interpolated += stride)
            {
                int sample = (i * RayPackets.Width) + BitOperations.TrailingZeroCount(mask);
                Prefetching.Near(features + ((nint)next.Index[sample] * stride), row, plane);
                float* corner = features + ((nint)cells.Index[sample] * stride);
                for (int quad = 0; quad < stride; quad += 4)
                {
                    Quad(corner + quad, stride, row, plane, cells, sample).Store(interpolated + quad);
                }
            }
        }
    }

    /// <summary>As <see cref="Interpolate"/> for records of four, and adds w·feature to the rays' pixels.</summary>
    /// <param name="features">The grid's records.</param>
    /// <param name="layout">Of the grid.</param>
    /// <param name="cells">Of the chunk.</param>
    /// <param name="next">Of the chunk to come, whose records are fetched.</param>
    /// <param name="chunk">Its colours receive what is interpolated.</param>
    /// <param name="steps">Of the chunk.</param>
    /// <param name="weights">[steps, 16].</param>
    /// <param name="pixels">[16, 4].</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Composite(float* features, in RecordLayout layout, SampleCells cells, SampleCells next, in PacketSamples chunk, int steps, float* weights, float* pixels)
    {
        nint row = (nint)layout.RowPitch * 4;
        nint plane = (nint)layout.PlanePitch * 4;
        ushort* visible = chunk.Visible;
        float* interpolated = chunk.Colors;
        int* index = cells.Index;
        int* nextIndex = next.Index;
        for (int i = 0; i < steps; i++, weights += RayPackets.Width)
        {
            for (uint mask = visible[i]; mask != 0; mask &= mask - 1, interpolated += 4)
            {
                int lane = BitOperations.TrailingZeroCount(mask);
                int sample = (i * RayPackets.Width) + lane;
                Prefetching.Near(features + ((nint)nextIndex[sample] * 4), row, plane);
                Vector128<float> feature = Pair(features + ((nint)index[sample] * 4), row, plane, cells, sample);
                feature.Store(interpolated);
                float* pixel = pixels + (4 * lane);
                Vector128.FusedMultiplyAdd(Vector128.Create(weights[lane]), feature, Vector128.Load(pixel)).Store(pixel);
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

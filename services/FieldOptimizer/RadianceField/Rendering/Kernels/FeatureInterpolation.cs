using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Trilinear interpolation of feature records, one visible sample after the other: along z, y and x.</summary>
internal static unsafe class FeatureInterpolation
{
    private const int Width = RayPackets.Width;
    private const uint All = (1 << Width) - 1;

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
    /// <param name="colors">Memory, [16, 4].</param>
    /// <param name="pixels">[16, 4].</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Composite(float* features, in RecordLayout layout, SampleCells cells, SampleCells next, in PacketSamples chunk, int steps, float* weights, float* colors, float* pixels)
    {
        Records records = new(features, layout);
        ushort* visible = chunk.Visible;
        float* interpolated = chunk.Colors;
        bool keeps = chunk.Keeps;
        for (int i = 0; i < steps; i++, weights += Width)
        {
            if (visible[i] == All)
            {
                InterpolateStep(records, cells.At(i * Width), next.At(i * Width), colors);
                CompositeStep(colors, weights, keeps, interpolated, pixels);
                interpolated += 4 * Width;
                continue;
            }

            for (uint mask = visible[i]; mask != 0; mask &= mask - 1, interpolated += 4)
            {
                int lane = BitOperations.TrailingZeroCount(mask);
                SampleCells at = cells.At((i * Width) + lane);
                records.Fetch(next.Index[(i * Width) + lane]);
                Vector128<float> feature = records.Interpolate(*at.Index, at);
                feature.Store(interpolated);
                float* pixel = pixels + (4 * lane);
                Vector128.FusedMultiplyAdd(Vector128.Create(weights[lane]), feature, Vector128.Load(pixel)).Store(pixel);
            }
        }
    }

    /// <summary>Sixteen samples.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InterpolateStep(in Records records, SampleCells cells, SampleCells next, float* colors)
    {
        for (int lane = 0; lane < Width; lane += 2)
        {
            records.Fetch(next.Index[lane]);
            records.Interpolate(cells.Index[lane], cells.At(lane)).Store(colors + (4 * lane));
            records.Fetch(next.Index[lane + 1]);
            records.Interpolate(cells.Index[lane + 1], cells.At(lane + 1)).Store(colors + (4 * lane) + 4);
        }
    }

    /// <summary>Keeps sixteen colours, and adds them to their pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CompositeStep(float* colors, float* weights, bool keeps, float* kept, float* pixels)
    {
        for (int ray = 0; ray < Width; ray++, colors += 4, pixels += 4)
        {
            Vector128.FusedMultiplyAdd(Vector128.Create(weights[ray]), Vector128.Load(colors), Vector128.Load(pixels)).Store(pixels);
        }

        colors -= 4 * Width;
        for (int i = 0; keeps && i < 4 * Width; i += 4)
        {
            Vector128.Load(colors + i).StoreAlignedNonTemporal(kept + i);
        }
    }

    /// <summary>Records of four, of which two neighbours in x are one vector; pitches in bytes.</summary>
    private readonly ref struct Records
    {
        private readonly byte* first;
        private readonly nint row;
        private readonly nint plane;
        private readonly nint diagonal;

        public Records(float* features, in RecordLayout layout)
        {
            first = (byte*)features;
            row = (nint)layout.RowPitch * 16;
            plane = (nint)layout.PlanePitch * 16;
            diagonal = row + plane;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Fetch(int cell)
        {
            if (Sse.IsSupported)
            {
                byte* corner = first + ((nint)(uint)cell << 4);
                Sse.Prefetch0(corner);
                Sse.Prefetch0(corner + row);
                Sse.Prefetch0(corner + plane);
                Sse.Prefetch0(corner + diagonal);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector128<float> Interpolate(int cell, SampleCells at)
        {
            byte* corner = first + ((nint)(uint)cell << 4);
            Vector256<float> z = Vector256.Create(*at.Z);
            Vector256<float> low = Lerp(z, Vector256.Load((float*)corner), Vector256.Load((float*)(corner + plane)));
            Vector256<float> high = Lerp(z, Vector256.Load((float*)(corner + row)), Vector256.Load((float*)(corner + diagonal)));
            Vector256<float> middle = Lerp(Vector256.Create(*at.Y), low, high);
            return Lerp(Vector128.Create(*at.X), middle.GetLower(), middle.GetUpper());
        }
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

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Sjc.RadianceField.Fields;

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
    /// <param name="chunk">Its colours receive what is interpolated.</param>
    /// <param name="steps">Of the chunk.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Interpolate(float* features, in RecordLayout layout, SampleCells cells, in PacketSamples chunk, int steps)
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
    /// <param name="chunk">Its colours receive what is interpolated.</param>
    /// <param name="steps">Of the chunk.</param>
    /// <param name="weights">[steps, 16].</param>
    /// <param name="colors">Memory, [16, 4].</param>
    /// <param name="pixels">[16, 4].</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Composite(float* features, in RecordLayout layout, SampleCells cells, in PacketSamples chunk, int steps, float* weights, float* colors, float* pixels)
    {
        Records records = new(features, layout);
        ushort* visible = chunk.Visible;
        float* interpolated = chunk.Colors;
        bool keeps = chunk.Keeps;
        for (int i = 0; i < steps; i++, weights += Width)
        {
            if (visible[i] == All && Avx512F.IsSupported)
            {
                SixteenAtOnce(records, cells.At(i * Width), weights, keeps, interpolated, pixels);
                interpolated += 4 * Width;
                continue;
            }

            if (visible[i] == All)
            {
                InterpolateStep(records, cells.At(i * Width), colors);
                CompositeStep(colors, weights, keeps, interpolated, pixels);
                interpolated += 4 * Width;
                continue;
            }

            for (uint mask = visible[i]; mask != 0; mask &= mask - 1, interpolated += 4)
            {
                int lane = BitOperations.TrailingZeroCount(mask);
                SampleCells at = cells.At((i * Width) + lane);
                Vector128<float> feature = records.Interpolate(*at.Index, at);
                feature.Store(interpolated);
                float* pixel = pixels + (4 * lane);
                Vector128.FusedMultiplyAdd(Vector128.Create(weights[lane]), feature, Vector128.Load(pixel)).Store(pixel);
            }
        }
    }

    /// <summary>Stores four colours past the caches; samples before these may have left them at a quarter of a cache line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep(Vector512<float> colors, float* kept)
    {
        if (((nint)kept & 63) == 0)
        {
            colors.StoreAlignedNonTemporal(kept);
            return;
        }

        colors.GetLower().GetLower().StoreAlignedNonTemporal(kept);
        colors.GetLower().GetUpper().StoreAlignedNonTemporal(kept + 4);
        colors.GetUpper().GetLower().StoreAlignedNonTemporal(kept + 8);
        colors.GetUpper().GetUpper().StoreAlignedNonTemporal(kept + 12);
    }

    /// <summary>Sixteen samples, four in one vector; the same bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SixteenAtOnce(in Records records, SampleCells cells, float* weights, bool keeps, float* kept, float* pixels)
    {
        Vector512<int> each = Vector512.Create(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
        for (int lane = 0; lane < Width; lane += 4)
        {
            Vector512<float> colors = records.InterpolateFour(cells.At(lane));
            float* pixel = pixels + (4 * lane);
            Vector512<float> weight = Avx512F.PermuteVar4x32(Avx512F.BroadcastVector128ToVector512(weights + lane), each);
            Vector512.FusedMultiplyAdd(weight, colors, Vector512.Load(pixel)).Store(pixel);
            if (keeps)
            {
                Keep(colors, kept + (4 * lane));
            }
        }
    }

    /// <summary>Sixteen samples.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InterpolateStep(in Records records, SampleCells cells, float* colors)
    {
        for (int lane = 0; lane < Width; lane++)
        {
            records.Interpolate(cells.Index[lane], cells.At(lane)).Store(colors + (4 * lane));
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
        public Vector512<float> InterpolateFour(SampleCells at)
        {
            byte* a = first + ((nint)(uint)at.Index[0] << 4);
            byte* b = first + ((nint)(uint)at.Index[1] << 4);
            byte* c = first + ((nint)(uint)at.Index[2] << 4);
            byte* d = first + ((nint)(uint)at.Index[3] << 4);
            Vector512<float> z = Avx512F.BroadcastVector128ToVector512(at.Z);
            Vector512<float> y = Avx512F.BroadcastVector128ToVector512(at.Y);
            Vector512<float> x = Avx512F.BroadcastVector128ToVector512(at.X);
            Vector512<int> ab = Vector512.Create(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
            Vector512<int> cd = Vector512.Create(2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
            Vector512<int> each = Vector512.Create(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
            Vector512<float> left = Two(a, b, Avx512F.PermuteVar4x32(z, ab), Avx512F.PermuteVar4x32(y, ab));
            Vector512<float> right = Two(c, d, Avx512F.PermuteVar4x32(z, cd), Avx512F.PermuteVar4x32(y, cd));
            return Lerp(Avx512F.PermuteVar4x32(x, each), Avx512F.Shuffle4x128(left, right, 0b10_00_10_00), Avx512F.Shuffle4x128(left, right, 0b11_01_11_01));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector512<float> Two(byte* a, byte* b, Vector512<float> z, Vector512<float> y)
        {
            Vector512<float> low = Lerp(z, Both(a, b), Both(a + plane, b + plane));
            Vector512<float> high = Lerp(z, Both(a + row, b + row), Both(a + diagonal, b + diagonal));
            return Lerp(y, low, high);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<float> Both(byte* a, byte* b) =>
            Avx512F.InsertVector256(Vector256.Load((float*)a).ToVector512Unsafe(), Vector256.Load((float*)b), 1);

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
    private static Vector512<float> Lerp(Vector512<float> t, Vector512<float> from, Vector512<float> to) => Vector512.FusedMultiplyAdd(t, to - from, from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Lerp(Vector256<float> t, Vector256<float> from, Vector256<float> to) => Vector256.FusedMultiplyAdd(t, to - from, from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Lerp(Vector128<float> t, Vector128<float> from, Vector128<float> to) => Vector128.FusedMultiplyAdd(t, to - from, from);
}

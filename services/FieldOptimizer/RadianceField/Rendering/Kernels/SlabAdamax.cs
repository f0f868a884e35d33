using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>One Adamax step of a slab: all its densities, and of its features the segments that have a gradient or are not at rest.</summary>
internal static unsafe class SlabAdamax
{
    /// <summary>As <see cref="FieldKernels.StepSlab"/>.</summary>
    public static double Step<TLanes>(VoxelRecords records, AdamaxState state, float correctedRate, int firstPlane, int endPlane, PacketScratch scratch)
        where TLanes : struct, ILanes<TLanes>
    {
        int plane = records.Layout.PlanePitch;
        int first = (firstPlane + 1) * plane;
        double sum = 0;
        for (int i = 0; i < endPlane - firstPlane; i++)
        {
            nint from = first + ((nint)i * plane);
            sum += AdamaxKernel.UpdateClearAndSum<TLanes>(
                records.Densities + from, scratch.DensitySlab + ((i + 1) * plane), state.Moments.Densities + from, state.Norms.Densities + from, plane, correctedRate);
        }

        StepFeatures<TLanes>(records, state, correctedRate, first / RecordLayout.SegmentRecords, (endPlane - firstPlane) * records.Layout.PlaneSegments, scratch);
        return sum;
    }

    /// <summary>One step of the features, eight segments at a time: most of those that no sample has touched are at rest. Where few are touched,
    /// these lie apart and are fetched ahead.</summary>
    private static void StepFeatures<TLanes>(VoxelRecords records, AdamaxState state, float correctedRate, int firstSegment, int count, PacketScratch scratch)
        where TLanes : struct, ILanes<TLanes>
    {
        const int Together = 8;
        const int Ahead = 16 * Together;
        const ulong AllTouched = 0x0101010101010101;
        byte* touched = scratch.Segments + records.Layout.PlaneSegments;
        int floats = RecordLayout.SegmentRecords * records.FeatureStride;
        float* gradient = scratch.FeatureSlab + ((nint)records.Layout.PlaneSegments * floats);
        bool isSparse = count - new ReadOnlySpan<byte>(touched, count).Count((byte)0) < count / 4;
        int fetchEnd = isSparse ? count - Ahead - Together : 0;
        fixed (int* resting = state.RestingSince)
        {
            int first = 0;
            for (; first + Together <= count; first += Together)
            {
                ulong marks = *(ulong*)(touched + first);
                Vector256<int> moving = Vector256.Equals(Vector256.Load(resting + firstSegment + first), Vector256.Create(AdamaxState.Moving));
                if (marks == AllTouched && moving == Vector256<int>.AllBitsSet)
                {
                    nint at = (nint)(firstSegment + first) * floats;
                    AdamaxKernel.UpdateAndClear<TLanes>(
                        records.Features + at, gradient + ((nint)first * floats), state.Moments.Features + at, state.Norms.Features + at, Together * floats, correctedRate);
                    continue;
                }

                if (first < fetchEnd && ActiveOfEight(touched + first + Ahead, resting + firstSegment + first + Ahead) is var active and not 0)
                {
                    FetchSegments(records, state, firstSegment + first + Ahead, active, gradient + ((nint)(first + Ahead) * floats));
                }

                if (marks != 0 || moving != Vector256<int>.Zero)
                {
                    StepSegments<TLanes>(records, state, correctedRate, firstSegment + first, Together, touched + first, gradient + ((nint)first * floats));
                }
            }

            StepSegments<TLanes>(records, state, correctedRate, firstSegment + first, count - first, touched + first, gradient + ((nint)first * floats));
        }
    }

    /// <summary>A bit for each of eight segments that has a gradient or is not at rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ActiveOfEight(byte* touched, int* resting)
    {
        uint untouched = Vector128.Equals(Vector128.CreateScalar(*(ulong*)touched).AsByte(), Vector128<byte>.Zero).ExtractMostSignificantBits();
        return (~untouched & 0xFF) | Vector256.Equals(Vector256.Load(resting), Vector256.Create(AdamaxState.Moving)).ExtractMostSignificantBits();
    }

    /// <summary>Fetches what a step of some of eight segments needs.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FetchSegments(VoxelRecords records, AdamaxState state, int firstSegment, uint chosen, float* gradient)
    {
        int floats = RecordLayout.SegmentRecords * records.FeatureStride;
        for (; chosen != 0; chosen &= chosen - 1)
        {
            nint segment = BitOperations.TrailingZeroCount(chosen);
            nint at = (firstSegment + segment) * floats;
            Prefetching.Run(gradient + (segment * floats), floats * sizeof(float));
            Prefetching.Run(records.Features + at, floats * sizeof(float));
            Prefetching.Run(state.Moments.Features + at, floats * sizeof(float));
            Prefetching.Run(state.Norms.Features + at, floats * sizeof(float));
        }
    }

    private static void StepSegments<TLanes>(VoxelRecords records, AdamaxState state, float correctedRate, int firstSegment, int count, byte* touched, float* gradient)
        where TLanes : struct, ILanes<TLanes>
    {
        int floats = RecordLayout.SegmentRecords * records.FeatureStride;
        for (int i = 0; i < count; i++, gradient += floats)
        {
            int segment = firstSegment + i;
            nint at = (nint)segment * floats;
            if (touched[i] != 0)
            {
                CatchUp<TLanes>(state, segment, at, floats);
                AdamaxKernel.UpdateAndClear<TLanes>(records.Features + at, gradient, state.Moments.Features + at, state.Norms.Features + at, floats, correctedRate);
            }
            else if (state.RestingSince[segment] == AdamaxState.Moving
                && AdamaxKernel.UpdateWithoutGradient<TLanes>(records.Features + at, state.Moments.Features + at, state.Norms.Features + at, floats, correctedRate))
            {
                state.RestingSince[segment] = state.Steps;
            }
        }
    }

    /// <summary>Wakes a segment that has rested: its norms decay as if every step had touched them.</summary>
    private static void CatchUp<TLanes>(AdamaxState state, int segment, nint at, int floats)
        where TLanes : struct, ILanes<TLanes>
    {
        if (state.RestingSince[segment] != AdamaxState.Moving)
        {
            AdamaxKernel.Decay<TLanes>(state.Norms.Features + at, floats, state.Steps - 1 - state.RestingSince[segment]);
            state.RestingSince[segment] = AdamaxState.Moving;
        }
    }
}

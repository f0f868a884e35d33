using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>The renderer's work in vectors <typeparamref name="TLanes"/>.</summary>
internal sealed unsafe class FieldKernels<TLanes> : FieldKernels
    where TLanes : struct, ILanes<TLanes>
{
    private const int Width = RayPackets.Width;

    public override (int LiveSteps, int Visible) ForwardPacket(VoxelField field, float* packet, PacketSamples samples, MaskCells? mask, PacketScratch scratch)
    {
        RecordLayout layout = field.Voxels.Layout;
        SampleCells cells = scratch.Cells(0);
        float* transmittance = scratch.PerRay(0);
        float* depth = scratch.PerRay(1);
        new Span<float>(transmittance, Width).Fill(1);
        new Span<float>(depth, Width).Clear();
        new Span<float>(scratch.Colors, Width * samples.ColorStride).Clear();
        float densityScale = MathF.Exp(field.DensityScale);
        int visible = 0;
        int live = 0;
        PacketSamples chunk = samples;
        PacketCorners corners = new(packet, samples.StepLength, layout);
        for (int step = 0; step < samples.Steps; step += SampleCells.ChunkSteps)
        {
            int count = Math.Min(SampleCells.ChunkSteps, samples.Steps - step);
            if (!Locate(packet, samples, mask, layout, step, count, cells, scratch))
            {
                chunk.Skip(count);
                continue;
            }

            // What is behind the last step that may be seen nobody reads.
            chunk.ClearSkipped(step - live);
            live = step + count;
            FetchDensities(field.Voxels, corners, step + SampleCells.ChunkSteps);
            DensityInterpolation.Interpolate(field.Voxels.Densities, layout, cells, count, scratch.Chunk);
            int found = PacketCompositing.Absorb<TLanes>(
                packet, chunk, step, count, scratch.Chunk, mask is null ? null : scratch.Active, densityScale, field.DensityShift, transmittance, depth);
            if (found > 0)
            {
                FetchFeatures(field.Voxels, corners, step + SampleCells.ChunkSteps);
                SampleColors(field, chunk, cells, count, found, scratch);
            }

            visible += found;
            if (samples.Keeps)
            {
                chunk.Values += count * PacketSamples.StepFloats;
                chunk.Visible += count;
                chunk.Colors += found * samples.ColorStride;
            }

            if (PacketCompositing.IsOpaque<TLanes>(transmittance))
            {
                break;
            }
        }

        return (live, visible);
    }

    /// <summary>Finds a chunk's cells, and the samples that a mask keeps.</summary>
    /// <returns>Whether any sample may be seen; where none can, perhaps nothing was found.</returns>
    private static bool Locate(float* packet, in PacketSamples samples, MaskCells? mask, in RecordLayout layout, int step, int count, SampleCells cells, PacketScratch scratch)
    {
        OccupiedBlocks? blocks = samples.EmptyCells?.Blocks ?? mask?.Blocks;
        if (blocks is not null && PacketBounds.AreEmpty<TLanes>(blocks, packet, samples.StepLength, layout, step, step + count - 1))
        {
            return false;
        }

        cells.Locate<TLanes>(packet, samples.StepLength, layout, step, count);
        return (samples.EmptyCells is null || !IsEmpty(cells, count * Width, samples.EmptyCells.Pointer))
            && (mask is null || AlphaMaskSampling.Mark(mask, cells, count * Width, scratch.Active));
    }

    public override void MapDirections(float* packet, float* u, float* v) => DirectionMapping.Map<TLanes>(packet, u, v);

    public override void BackwardPacket(
        float* packet, PacketSamples samples, int liveSteps, int visible, in PacketGradient gradient, PacketScratch scratch, float* densityGrad)
    {
        float* seen = scratch.Active;
        float* transmittance = scratch.PerRay(0);
        float* behind = scratch.PerRay(1);
        float* excesses = scratch.PerRay(5);
        new ReadOnlySpan<float>(gradient.Transmittance, Width).CopyTo(new Span<float>(transmittance, Width));
        new Span<float>(behind, Width).Clear();
        new Span<double>(scratch.Products, Width).Fill(PacketCompositing.EmptinessStart(gradient.EmptinessScale));
        PacketSamples chunk = samples;
        for (int step = (liveSteps - 1) / SampleCells.ChunkSteps * SampleCells.ChunkSteps; step >= 0; step -= SampleCells.ChunkSteps)
        {
            int count = Math.Min(SampleCells.ChunkSteps, liveSteps - step);
            int at = step * Width;
            FetchBefore(samples, step);
            ColorGain.Multiply(samples.Visible + step, count, samples.Colors + (visible * samples.ColorStride), samples.ColorStride, gradient.Color, seen);
            for (int i = 0; i < count; i++)
            {
                visible -= BitOperations.PopCount(samples.Visible[step + i]);
            }

            chunk.Values = samples.Values + (step * PacketSamples.StepFloats);
            PacketCompositing.DensityAdjoint<TLanes>(packet, chunk, step, count, gradient, seen, transmittance, behind, densityGrad + at, excesses);
            if (gradient.Emptiness != 0)
            {
                PacketCompositing.EmptinessProducts(chunk, count, gradient.EmptinessScale, excesses, scratch.Products);
            }
        }

        if (gradient.Emptiness != 0)
        {
            PacketCompositing.EmptinessSums(scratch.Products, gradient.EmptinessScale, gradient.EmptinessSums);
        }
    }

    public override void ScatterSlab(VoxelRecords records, RenderTape tape, ColorMode mode, int firstPlane, int endPlane, PacketScratch scratch) =>
        new SlabScatter(records, tape, mode, firstPlane, endPlane, scratch).Add<TLanes>();

    public override double StepSlab(VoxelRecords records, AdamaxState state, float correctedRate, int firstPlane, int endPlane, PacketScratch scratch)
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

        StepFeatures(records, state, correctedRate, first / RecordLayout.SegmentRecords, (endPlane - firstPlane) * records.Layout.PlaneSegments, scratch);
        return sum;
    }

    /// <summary>One step of the features, eight segments at a time: most of those that no sample has touched are at rest. Where few are touched,
    /// these lie apart and are fetched ahead.</summary>
    private static void StepFeatures(VoxelRecords records, AdamaxState state, float correctedRate, int firstSegment, int count, PacketScratch scratch)
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
                    StepSegments(records, state, correctedRate, firstSegment + first, Together, touched + first, gradient + ((nint)first * floats));
                }
            }

            StepSegments(records, state, correctedRate, firstSegment + first, count - first, touched + first, gradient + ((nint)first * floats));
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

    private static void StepSegments(VoxelRecords records, AdamaxState state, float correctedRate, int firstSegment, int count, byte* touched, float* gradient)
    {
        int floats = RecordLayout.SegmentRecords * records.FeatureStride;
        for (int i = 0; i < count; i++, gradient += floats)
        {
            int segment = firstSegment + i;
            nint at = (nint)segment * floats;
            if (touched[i] != 0)
            {
                CatchUp(state, segment, at, floats);
                AdamaxKernel.UpdateAndClear<TLanes>(records.Features + at, gradient, state.Moments.Features + at, state.Norms.Features + at, floats, correctedRate);
            }
            else if (state.RestingSince[segment] == AdamaxState.Moving
                && AdamaxKernel.UpdateWithoutGradient<TLanes>(records.Features + at, state.Moments.Features + at, state.Norms.Features + at, floats, correctedRate))
            {
                state.RestingSince[segment] = state.Steps;
            }
        }
    }

    /// <summary>Colours of a chunk's visible samples, onto the tape and into the pixels.</summary>
    private static void SampleColors(VoxelField field, in PacketSamples chunk, SampleCells cells, int steps, int found, PacketScratch scratch)
    {
        if (field.ColorMode == ColorMode.Raw && chunk.ColorStride == 4 && Vector256.IsHardwareAccelerated)
        {
            FeatureInterpolation.Composite(field.Voxels.Features, field.Voxels.Layout, cells, chunk, steps, scratch.Chunk, scratch.StepColors, scratch.Colors);
            return;
        }

        FeatureInterpolation.Interpolate(field.Voxels.Features, field.Voxels.Layout, cells, chunk, steps);
        PacketCompositing.Activate<TLanes>(chunk.Colors, found * chunk.ColorStride, field.ColorMode);
        PacketCompositing.Composite(chunk, steps, scratch.Chunk, scratch.Colors);
    }

    /// <summary>Fetches the densities of a chunk to come.</summary>
    private static void FetchDensities(VoxelRecords records, in PacketCorners corners, int firstStep) =>
        corners.Between(firstStep, firstStep + SampleCells.ChunkSteps - 1).Fetch(records.Densities, records.Layout, sizeof(float));

    /// <summary>Fetches the features of a chunk to come in two boxes: that of the whole chunk has too much beside the rays.</summary>
    private static void FetchFeatures(VoxelRecords records, in PacketCorners corners, int firstStep)
    {
        const int Half = SampleCells.ChunkSteps / 2;
        int bytes = records.FeatureStride * sizeof(float);
        corners.Between(firstStep, firstStep + Half - 1).Fetch(records.Features, records.Layout, bytes);
        corners.Between(firstStep + Half, firstStep + SampleCells.ChunkSteps - 1).Fetch(records.Features, records.Layout, bytes);
    }

    /// <summary>Whether all samples of a chunk lie in empty cells: it changes nothing.</summary>
    private static bool IsEmpty(SampleCells cells, int count, byte* empty)
    {
        int all = 1;
        int* index = cells.Index;
        for (int i = 0; i < count && all != 0; i += Width)
        {
            for (int lane = 0; lane < Width; lane++)
            {
                all &= empty[index[i + lane]];
            }
        }

        return all != 0;
    }

    /// <summary>Fetches the slopes and weights of the chunk that the backward pass reaches after the next one.</summary>
    private static void FetchBefore(in PacketSamples samples, int step)
    {
        const int Ahead = 2 * SampleCells.ChunkSteps;
        Prefetching.Run(samples.Values + ((step - Ahead) * PacketSamples.StepFloats), SampleCells.ChunkSteps * PacketSamples.StepFloats * sizeof(float));
    }

    /// <summary>Wakes a segment that has rested: its norms decay as if every step had touched them.</summary>
    private static void CatchUp(AdamaxState state, int segment, nint at, int floats)
    {
        if (state.RestingSince[segment] != AdamaxState.Moving)
        {
            AdamaxKernel.Decay<TLanes>(state.Norms.Features + at, floats, state.Steps - 1 - state.RestingSince[segment]);
            state.RestingSince[segment] = AdamaxState.Moving;
        }
    }
}

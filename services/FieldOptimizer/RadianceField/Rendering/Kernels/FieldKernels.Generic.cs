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

    public override double StepSlab(VoxelRecords records, AdamaxState state, float correctedRate, int firstPlane, int endPlane, PacketScratch scratch) =>
        SlabAdamax.Step<TLanes>(records, state, correctedRate, firstPlane, endPlane, scratch);

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
}

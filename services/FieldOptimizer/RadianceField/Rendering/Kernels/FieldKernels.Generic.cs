using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>The renderer's work in vectors <typeparamref name="TLanes"/>, with pairs of records in <typeparamref name="TPair"/>
/// (<see cref="Lanes1"/>: records one component at a time).</summary>
internal sealed unsafe class FieldKernels<TLanes, TPair> : FieldKernels
    where TLanes : struct, ILanes<TLanes>
    where TPair : struct, ILanes<TPair>
{
    private static bool HasPairs => typeof(TPair) != typeof(Lanes1);

    public override float ForwardRay(VoxelField field, in GridRay ray, in RaySamples samples, byte[]? alphaMask, RayScratch scratch, float* pixel, out float depth)
    {
        VoxelRecords records = field.Voxels;
        SampleCells cells = scratch.Cells;
        cells.Locate<TLanes>(ray, samples.StepLength, records, 0, samples.PaddedCount);
        fixed (float* data = records.Data)
        {
            if (HasPairs)
            {
                TrilinearPairs.Gather<TPair>(data, records.Stride, records.RowPitch, records.PlanePitch, cells, samples.PaddedCount, samples.Densities, samples.Colors, samples.ColorPitch);
            }
            else
            {
                TrilinearRecords.Gather(data, records.Stride, records.RowPitch, records.PlanePitch, cells, samples.PaddedCount, samples.Densities, samples.Colors, samples.ColorPitch);
            }
        }

        MarkActive(records, alphaMask, ray.SampleCount, samples.PaddedCount, cells, scratch.Active);
        RayCompositing.Absorb<TLanes>(samples, scratch.Active, MathF.Exp(field.DensityScale), field.DensityShift);
        float transmittance = RayCompositing.Attenuate(samples);
        RayCompositing.Activate<TLanes>(samples, field.ColorMode);
        RayCompositing.Composite<TLanes>(samples, pixel);
        depth = RayCompositing.Depth<TLanes>(samples);
        return transmittance;
    }

    public override double BackwardRay(in RaySamples samples, in RayGradient gradient, RayScratch scratch, float* densityGrad)
    {
        RayCompositing.WeightAdjoint<TLanes>(samples, gradient, scratch.WeightGrads);
        return RayCompositing.DensityAdjoint(samples, gradient.Transmittance, scratch.WeightGrads, densityGrad);
    }

    public override void ScatterSlab(VoxelRecords records, RenderTape tape, ColorMode mode, int firstPlane, int lastPlane, RayScratch scratch)
    {
        for (int r = 0; r < tape.RayCount; r++)
        {
            ref readonly GridRay ray = ref tape.Rays[r];
            (int first, int end) = ray.SamplesBetween(firstPlane - 1, lastPlane, tape.StepLength);
            for (int at = first; at < end; at += SlabScatter.ChunkSamples)
            {
                int count = Math.Min(SlabScatter.ChunkSamples, end - at);
                scratch.Cells.Locate<TLanes>(ray, tape.StepLength, records, at, count);
                SlabScatter.AddChunk<TPair>(records, tape, mode, r, at, count, firstPlane, lastPlane, scratch);
            }
        }
    }

    public override void UpdateRow(float* parameters, float* gradient, float* moment, float* norm, int count, float correctedRate) =>
        AdamaxKernel.Update<TLanes>(parameters, gradient, moment, norm, count, correctedRate);

    /// <summary>A sample is active within the box and, with a mask, where a corner of weight above zero is set.</summary>
    private static void MarkActive(VoxelRecords records, byte[]? alphaMask, int count, int padded, SampleCells cells, float* active)
    {
        for (int i = 0; i < padded; i++)
        {
            active[i] = i < count && (alphaMask is null || AlphaMaskSampling.IsSet(records, alphaMask, cells, i)) ? 1 : 0;
        }
    }
}

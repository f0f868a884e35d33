using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>The renderer's work in vectors <typeparamref name="TLanes"/>, with records in <typeparamref name="TRecord"/> and pairs of
/// them in <typeparamref name="TPair"/> (<see cref="Lanes1"/>: records one component at a time).</summary>
internal sealed unsafe class FieldKernels<TLanes, TPair, TRecord> : FieldKernels
    where TLanes : struct, ILanes<TLanes>
    where TPair : struct, ILanes<TPair>
    where TRecord : struct, ILanes<TRecord>
{
    private static bool HasPairs => typeof(TPair) != typeof(Lanes1);

    public override float ForwardRay(VoxelField field, in GridRay ray, in RaySamples samples, byte[]? alphaMask, RayScratch scratch, float* pixel, out float depth)
    {
        RecordLayout layout = field.Voxels.Layout;
        SampleCells cells = scratch.Cells;
        cells.Locate<TLanes>(ray, samples.StepLength, layout, 0, samples.PaddedCount + SampleCells.BlockSamples);
        float* data = PinnedMemory.Pointer(field.Voxels.Data);
        if (HasPairs)
        {
            TrilinearPairs.Gather<TPair>(data, layout, cells, samples.PaddedCount, samples.Densities, samples.Colors, samples.ColorPitch);
        }
        else
        {
            TrilinearRecords.Gather(data, layout, cells, samples.PaddedCount, samples.Densities, samples.Colors, samples.ColorPitch);
        }

        MarkActive(layout, alphaMask, ray.SampleCount, samples.PaddedCount, cells, scratch.Active);
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
        return RayCompositing.DensityAdjoint<TLanes>(samples, gradient.Transmittance, scratch.WeightGrads, densityGrad);
    }

    public override double EmptinessSum(in RaySamples samples, float scale) => RayCompositing.EmptinessSum<TLanes>(samples, scale);

    public override void ScatterSlab(RecordLayout layout, RenderTape tape, ColorMode mode, int firstPlane, int lastPlane, RayScratch scratch)
    {
        SlabScatter scatter = new(layout, tape, mode, firstPlane, lastPlane, scratch);
        if (!HasPairs)
        {
            scatter.AddComponents<TLanes>();
        }
        else if (mode == ColorMode.Raw)
        {
            scatter.AddRaw<TLanes, TRecord>();
        }
        else
        {
            scatter.AddActivated<TLanes, TRecord>();
        }
    }

    public override void PackRow(float* padded, int paddedStride, int stride, int count, float* packed)
    {
        for (int i = 0; i < count; i++, padded += paddedStride, packed += stride)
        {
            if (HasPairs)
            {
                // What is too much the next record writes over.
                TRecord.Load(padded).Store(packed);
            }
            else
            {
                new ReadOnlySpan<float>(padded, stride).CopyTo(new Span<float>(packed, stride));
            }
        }
    }

    public override void UpdateRow(float* parameters, float* gradient, float* moment, float* norm, int count, float correctedRate) =>
        AdamaxKernel.Update<TLanes>(parameters, gradient, moment, norm, count, correctedRate);

    /// <summary>A sample is active within the box and, with a mask, where a corner of weight above zero is set.</summary>
    private static void MarkActive(RecordLayout layout, byte[]? alphaMask, int count, int padded, SampleCells cells, float* active)
    {
        new Span<float>(active, count).Fill(1);
        new Span<float>(active + count, padded - count).Clear();
        for (int i = 0; alphaMask is not null && i < count; i++)
        {
            active[i] = AlphaMaskSampling.IsSet(layout, alphaMask, cells.At(i)) ? 1 : 0;
        }
    }
}

using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>A worker's slab once all samples are added.</summary>
internal readonly unsafe ref struct SlabGradient(VoxelRecords records, int planes, PacketScratch scratch)
{
    private readonly RecordLayout layout = records.Layout;
    private readonly int stride = records.FeatureStride;

    /// <summary>Records behind the last plane that samples in the last row may touch.</summary>
    private int Spill => layout.RowPitch + RecordLayout.SegmentRecords;

    /// <summary>Sums up the densities, where they are in pairs; the first thing to do.</summary>
    public void SumDensities()
    {
        if (scratch.DensityFloats == DensityPairs.Floats)
        {
            DensityPairs.Sum(scratch.DensitySlab, layout, planes);
        }
    }

    /// <summary>Finds the segments that samples touched; the next thing to do.</summary>
    public void FindSegments() => SlabSegments.Find(layout, scratch.Touched, (((planes + 2) * layout.PlanePitch) + Spill) / RecordLayout.SegmentRecords, scratch.Segments);

    /// <summary>Sets to zero what samples added to the grid's border: it stands for zeros and learns nothing.</summary>
    public void ClearBorder()
    {
        for (int plane = 1; plane <= planes; plane++)
        {
            int first = plane * layout.PlanePitch;
            int end = first + ((layout.Grid.Y + 1) * layout.RowPitch);
            Clear(first, layout.RowPitch);
            Clear(end, first + layout.PlanePitch - end);
            for (int record = first + layout.RowPitch; record < end; record += layout.RowPitch)
            {
                Clear(record, 1);
            }
        }
    }

    /// <summary>Adds the slab, which is zero afterwards, to a gradient from plane <paramref name="firstPlane"/> on.</summary>
    /// <returns>Σ density·∂L/∂density.</returns>
    public double AddTo(VoxelRecords gradient, int firstPlane)
    {
        int count = planes * layout.PlanePitch;
        nint from = layout.PlanePitch;
        nint to = (nint)(firstPlane + 1) * layout.PlanePitch;
        double sum = Dot(scratch.DensitySlab + from, records.Densities + to, count);
        Add(scratch.DensitySlab + from, gradient.Densities + to, count);
        Add(scratch.FeatureSlab + (from * stride), gradient.Features + (to * stride), count * stride);
        return sum;
    }

    /// <summary>Sets the halo, what the sums of densities have left of the pairs, and the marks to zero, for the next slab.</summary>
    public void Finish()
    {
        int halo = (planes + 1) * layout.PlanePitch;
        new Span<float>(scratch.DensitySlab, layout.PlanePitch).Clear();
        new Span<float>(scratch.DensitySlab + halo, (scratch.DensityFloats * (halo + layout.PlanePitch + Spill)) - halo).Clear();
        ClearTouched(0, layout.PlaneSegments);
        ClearTouched(halo / RecordLayout.SegmentRecords, (layout.PlanePitch + Spill) / RecordLayout.SegmentRecords);
        new Span<byte>(scratch.Touched, (halo + layout.PlanePitch + Spill) / RecordLayout.SegmentRecords).Clear();
    }

    private static double Dot(float* a, float* b, int count)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }

    private static void Add(float* from, float* to, int count)
    {
        for (int i = 0; i < count; i++)
        {
            to[i] += from[i];
            from[i] = 0;
        }
    }

    private void Clear(int firstRecord, int count)
    {
        new Span<float>(scratch.DensitySlab + firstRecord, count).Clear();
        new Span<float>(scratch.FeatureSlab + ((nint)firstRecord * stride), count * stride).Clear();
    }

    private void ClearTouched(int firstSegment, int count)
    {
        int floats = RecordLayout.SegmentRecords * stride;
        for (int segment = firstSegment; segment < firstSegment + count; segment++)
        {
            if (scratch.Segments[segment] != 0)
            {
                new Span<float>(scratch.FeatureSlab + ((nint)segment * floats), floats).Clear();
            }
        }
    }
}

using System.Runtime.CompilerServices;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Adds samples' gradients to a slab: planes of the grid that one worker owns, with a plane of halo on each side.</summary>
/// <remarks>The halo's planes belong to the neighbours, who add the same samples to them: they are thrown away here. So every voxel
/// gets its sum in one order, rays as given and samples near to far, whoever owns it.</remarks>
internal readonly unsafe ref struct SlabScatter
{
    private readonly RenderTape tape;
    private readonly int firstPlane;
    private readonly int lastPlane;
    private readonly RecordLayout layout;
    private readonly SampleCells cells;

    /// <summary>Where the record at offset 0 would lie, were the whole grid in the slab's memory.</summary>
    private readonly float* origin;

    /// <summary>Gradient records of a ray, or of one sample.</summary>
    private readonly float* values;

    // ∂colour/∂feature = s₀ + s₁·colour + s₂·colour².
    private readonly float slope0;
    private readonly float slope1;
    private readonly float slope2;

    /// <summary>A scatter of one tape into planes first … last − 1.</summary>
    public SlabScatter(RecordLayout layout, RenderTape tape, ColorMode mode, int firstPlane, int lastPlane, RayScratch scratch)
    {
        (this.layout, this.tape, this.firstPlane, this.lastPlane) = (layout, tape, firstPlane, lastPlane);
        cells = scratch.Cells;
        origin = scratch.Slab - ((nint)firstPlane * layout.PlanePitch);
        values = scratch.Records;
        (slope0, slope1, slope2) = mode switch
        {
            ColorMode.Raw => (1f, 0f, 0f),
            ColorMode.SigmoidCentered => (0.5f, 0f, -0.5f),
            _ => (0f, 1f, -1f),
        };
    }

    /// <summary>The slab's layout: records as in the field, but of 4 or 8 floats where that is enough.</summary>
    public static RecordLayout LayoutOf(VoxelRecords records) => new(records.Grid, records.Stride switch { <= 4 => 4, <= 8 => 8, _ => records.Stride });

    /// <summary>Floats of a slab's memory.</summary>
    public static int SlabLength(RecordLayout layout, int planes) =>
        ((planes + 2) * layout.PlanePitch) + layout.RowPitch + layout.Stride + VoxelRecords.Overrun;

    /// <summary>Adds rays whose colours are their features, each record in a vector: (∂L/∂density, w·g) with one g per ray.</summary>
    public void AddRaw<TLanes, TRecord>()
        where TLanes : struct, ILanes<TLanes>
        where TRecord : struct, ILanes<TRecord>
    {
        new Span<float>(values, 2 * TRecord.Count).Clear();
        values[TRecord.Count] = 1;
        TRecord densityLane = TRecord.Load(values + TRecord.Count);
        float threshold = tape.Options.WeightThreshold;
        for (int r = 0; r < tape.RayCount; r++)
        {
            (int first, int end) = Locate<TLanes>(r);
            float* densityGradients = PinnedMemory.Pointer(tape.DensityGradients) + tape.Rays[r].FirstSample;
            float* weights = PinnedMemory.Pointer(tape.Weights) + tape.Rays[r].FirstSample;
            tape.ImageGradients.AsSpan(r * tape.Channels, tape.Channels).CopyTo(new Span<float>(values + 1, tape.Channels));
            TRecord colorGrad = TRecord.Load(values);
            for (int i = first; i < end; i++)
            {
                float* cell = cells.At(i - first);
                Prefetch(cell);
                if (IsInSlab(cell))
                {
                    float weight = weights[i] > threshold ? weights[i] : 0;
                    TRecord value = TRecord.MultiplyAdd(TRecord.Create(weight), colorGrad, TRecord.Create(densityGradients[i]) * densityLane);
                    TrilinearPairs.Scatter(origin + SampleCells.Offset(cell), layout.RowPitch, layout.PlanePitch, cell, value);
                }
            }
        }
    }

    /// <summary>Adds rays whose colours are activated features: a ray's gradient records are made first, and then added.</summary>
    public void AddActivated<TLanes, TRecord>()
        where TLanes : struct, ILanes<TLanes>
        where TRecord : struct, ILanes<TRecord>
    {
        new Span<float>(values, TRecord.Count * ((tape.SampleCount + 1))).Clear();
        for (int r = 0; r < tape.RayCount; r++)
        {
            (int first, int end) = Locate<TLanes>(r);
            WriteRecords(r, first, end, TRecord.Count);
            for (int i = first; i < end; i++)
            {
                float* cell = cells.At(i - first);
                Prefetch(cell);
                if (IsInSlab(cell))
                {
                    TRecord value = TRecord.Load(values + ((i - first) * TRecord.Count));
                    TrilinearPairs.Scatter(origin + SampleCells.Offset(cell), layout.RowPitch, layout.PlanePitch, cell, value);
                }
            }
        }
    }

    /// <summary>Adds rays one component at a time.</summary>
    public void AddComponents<TLanes>()
        where TLanes : struct, ILanes<TLanes>
    {
        for (int r = 0; r < tape.RayCount; r++)
        {
            (int first, int end) = Locate<TLanes>(r);
            WriteRecords(r, first, end, layout.Stride);
            for (int i = first; i < end; i++)
            {
                float* cell = cells.At(i - first);
                if (IsInSlab(cell))
                {
                    TrilinearRecords.Scatter(origin + SampleCells.Offset(cell), layout, cell, values + ((i - first) * layout.Stride));
                }
            }
        }
    }

    /// <summary>Finds the ray's samples that may touch the slab, and their cells.</summary>
    private (int First, int End) Locate<TLanes>(int r)
        where TLanes : struct, ILanes<TLanes>
    {
        ref readonly GridRay ray = ref tape.Rays[r];
        (int first, int end) = ray.SamplesBetween(firstPlane - 1, lastPlane, tape.StepLength);
        cells.Locate<TLanes>(ray, tape.StepLength, layout, first, end - first);
        return (first, end);
    }

    /// <summary>Whether the sample's cell touches the slab; cells begin in plane first − 1 at the lowest and last − 1 at the highest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsInSlab(float* cell) =>
        (uint)(SampleCells.Offset(cell) - (firstPlane * layout.PlanePitch)) < (uint)((lastPlane - firstPlane + 1) * layout.PlanePitch);

    /// <summary>Fetches the records of a sample one block ahead; beyond the ray's last these are some other place, which does no harm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Prefetch(float* cell) =>
        TrilinearPairs.Prefetch(origin + SampleCells.Offset(cell + SampleCells.NextBlock) + layout.Stride, layout.RowPitch, layout.PlanePitch);

    /// <summary>Gradient records ∂L/∂density, ∂L/∂features of samples first … end − 1.</summary>
    private void WriteRecords(int r, int first, int end, int pitch)
    {
        float threshold = tape.Options.WeightThreshold;
        int start = tape.Rays[r].FirstSample;
        ReadOnlySpan<float> weights = tape.Weights.AsSpan(start, end);
        ReadOnlySpan<float> densityGradients = tape.DensityGradients.AsSpan(start, end);
        for (int i = first; i < end; i++)
        {
            values[(i - first) * pitch] = densityGradients[i];
        }

        for (int channel = 0; channel < tape.Channels; channel++)
        {
            float gradient = tape.ImageGradients[(r * tape.Channels) + channel];
            ReadOnlySpan<float> colors = tape.Colors.AsSpan((channel * tape.Capacity) + start, end);
            float* value = values + 1 + channel;
            for (int i = first; i < end; i++, value += pitch)
            {
                float weight = weights[i] > threshold ? weights[i] : 0;
                *value = weight * gradient * (slope0 + (colors[i] * (slope1 + (slope2 * colors[i]))));
            }
        }
    }
}

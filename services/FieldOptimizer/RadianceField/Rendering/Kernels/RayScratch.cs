using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>One worker's memory for the ray in hand, and for the slab in hand.</summary>
internal sealed unsafe class RayScratch
{
    private float[] cells = [];
    private float[] active = [];
    private float[] weightGrads = [];
    private float[] samples = [];
    private float[] slab = [];
    private float[] records = [];
    private float[] row = [];

    /// <summary>1 for active samples.</summary>
    public float* Active => PinnedMemory.Pointer(active);

    /// <summary>∂L/∂w.</summary>
    public float* WeightGrads => PinnedMemory.Pointer(weightGrads);

    /// <summary>Densities, slopes, weights and colours of a ray that goes on no tape.</summary>
    public float* Samples => PinnedMemory.Pointer(samples);

    /// <summary>The gradient of a slab of the grid.</summary>
    public float* Slab => PinnedMemory.Pointer(slab);

    /// <summary>Gradient records of a chunk of samples.</summary>
    public float* Records => PinnedMemory.Pointer(records);

    /// <summary>A row of gradient records without padding.</summary>
    public float* Row => PinnedMemory.Pointer(row);

    /// <summary>Cells of the ray's samples.</summary>
    public SampleCells Cells => new(PinnedMemory.Pointer(cells));

    /// <summary>Makes room for rays of up to <paramref name="samples"/> samples.</summary>
    public void ReserveRay(int samples)
    {
        int padded = samples + (4 * RenderTape.SampleAlignment);
        if (active.Length < padded)
        {
            cells = Allocate(padded * SampleCells.FloatsPerSample);
            active = Allocate(padded);
            weightGrads = Allocate(padded);
        }
    }

    /// <summary>Makes room for the samples of a ray that goes on no tape.</summary>
    public void ReserveSamples(int floats)
    {
        if (samples.Length < floats)
        {
            samples = Allocate(floats);
        }
    }

    /// <summary>Makes room for <paramref name="planes"/> of the grid, whose new memory is zero, and for the gradient records of a row
    /// and of a ray of up to <paramref name="samples"/> samples.</summary>
    public void ReserveSlab(RecordLayout layout, int planes, int samples)
    {
        slab = AtLeast(slab, SlabScatter.SlabLength(layout, planes));
        row = AtLeast(row, layout.RowPitch + VoxelRecords.Overrun);
        records = AtLeast(records, ((samples + 2) * layout.Stride) + VoxelRecords.Overrun);
    }

    private static float[] AtLeast(float[] memory, int floats) => memory.Length >= floats ? memory : Allocate(floats);

    private static float[] Allocate(int floats) => PinnedMemory.Zeros(floats);

}

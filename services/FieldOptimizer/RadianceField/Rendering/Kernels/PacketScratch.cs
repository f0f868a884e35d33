using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>One worker's memory for the packet in hand, and for the slab in hand.</summary>
internal sealed unsafe class PacketScratch
{
    private const int Width = RayPackets.Width;

    private readonly NativeBuffer<float> cells = new(2 * SampleCells.Floats);
    private readonly NativeBuffer<float> active = new(SampleCells.ChunkSamples);
    private readonly NativeBuffer<float> chunk = new(SampleCells.ChunkSamples);
    private readonly NativeBuffer<float> runs = new(2 * SampleRuns.Floats);
    private readonly NativeBuffer<float> perRay = new(8 * Width);
    private readonly NativeBuffer<float> stepColors = new(4 * Width);
    private readonly NativeBuffer<double> products = new(Width);
    private NativeBuffer<float> colors = NativeBuffer<float>.Empty;
    private NativeBuffer<float> transient = NativeBuffer<float>.Empty;
    private readonly NativeBuffer<ushort> transientVisible = new(SampleCells.ChunkSteps);
    private NativeBuffer<float> densitySlab = NativeBuffer<float>.Empty;
    private NativeBuffer<float> featureSlab = NativeBuffer<float>.Empty;
    private NativeBuffer<byte> touched = NativeBuffer<byte>.Empty;
    private NativeBuffer<byte> segments = NativeBuffer<byte>.Empty;
    private int marksBefore;

    /// <summary>Cells of one of two chunks of samples: the one in hand and the next.</summary>
    public SampleCells Cells(int chunk) => new(cells.Pointer + (chunk * SampleCells.Floats));

    /// <summary>1 for samples of a chunk that an alpha mask keeps.</summary>
    public float* Active => active.Pointer;

    /// <summary>A chunk's densities, then its weights, [steps, 16].</summary>
    public float* Chunk => chunk.Pointer;

    /// <summary>What a chunk's samples add to the grid: 0 for densities, 1 for features.</summary>
    public SampleRuns Runs(int kind) => new(runs.Pointer + (kind * SampleRuns.Floats));

    /// <summary>Rows of sixteen, one value per ray.</summary>
    public float* PerRay(int row) => perRay.Pointer + (row * Width);

    /// <summary>[16].</summary>
    public double* Products => products.Pointer;

    /// <summary>Sixteen colours: a packet's pixels or their gradients.</summary>
    public float* Colors => colors.Pointer;

    /// <summary>Colours of sixteen samples, of four channels.</summary>
    public float* StepColors => stepColors.Pointer;

    /// <summary>Gradient of the slab's densities, with a plane of halo on each side; zero between slabs.</summary>
    public float* DensitySlab => densitySlab.Pointer;

    /// <summary>Floats of a record of <see cref="DensitySlab"/> while samples are added: as in <see cref="DensityRows"/> or <see cref="DensityPairs"/>.</summary>
    public int DensityFloats { get; private set; }

    /// <summary>Gradient of the slab's features; zero between slabs.</summary>
    public float* FeatureSlab => featureSlab.Pointer;

    /// <summary>1 where a cell of a segment has had a feature gradient; zero between slabs.</summary>
    public byte* Touched => touched.Pointer + marksBefore;

    /// <summary>Not 0 for segments of the slab whose gradient is not zero.</summary>
    public byte* Segments => segments.Pointer;

    /// <summary>Makes room for colours of <paramref name="stride"/> floats, and for a chunk of samples that goes on no tape.</summary>
    public void ReserveColors(int stride)
    {
        colors = colors.AtLeast(Width * stride);
        transient = transient.AtLeast(SampleCells.ChunkSamples * stride);
    }

    /// <summary>Samples that live only while their chunk is composited.</summary>
    public PacketSamples TransientSamples() => new()
    {
        Colors = transient.Pointer,
        Visible = transientVisible.Pointer,
    };

    /// <summary>Makes room for the gradient of <paramref name="planes"/> of the grid, of densities in pairs or not.</summary>
    public void ReserveSlab(VoxelRecords records, int planes, bool hasPairs)
    {
        DensityFloats = hasPairs ? DensityPairs.Floats : DensityRows.Floats;
        int count = checked((int)records.Layout.RecordsOf(planes));
        densitySlab = densitySlab.AtLeast(checked(DensityFloats * count), zero: true);
        featureSlab = featureSlab.AtLeast(checked(count * records.FeatureStride), zero: true);
        marksBefore = SlabSegments.MarksBefore(records.Layout);
        int marks = (count / RecordLayout.SegmentRecords) + 2 + SlabSegments.Together;
        touched = touched.AtLeast(marksBefore + marks, zero: true);
        segments = segments.AtLeast(marks);
    }
}

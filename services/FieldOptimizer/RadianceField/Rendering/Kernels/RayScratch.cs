namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>One worker's memory for the ray in hand, and for the slab in hand.</summary>
internal sealed unsafe class RayScratch
{
    private float[] cells = [];
    private float[] active = [];
    private float[] weightGrads = [];
    private float[] samples = [];
    private float[] slab = [];

    /// <summary>1 for active samples.</summary>
    public float* Active => Pointer(active);

    /// <summary>∂L/∂w.</summary>
    public float* WeightGrads => Pointer(weightGrads);

    /// <summary>Densities, slopes, weights and colours of a ray that goes on no tape.</summary>
    public float* Samples => Pointer(samples);

    /// <summary>The gradient of a slab of the grid.</summary>
    public float* Slab => Pointer(slab);

    /// <summary>Cells of the ray's samples.</summary>
    public SampleCells Cells => new(Pointer(cells), cells.Length / SampleCells.FloatsPerSample);

    /// <summary>Makes room for rays of up to <paramref name="samples"/> samples.</summary>
    public void ReserveRay(int samples)
    {
        int padded = samples + (2 * RenderTape.SampleAlignment);
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

    /// <summary>Makes room for a slab of the grid; new memory is zero.</summary>
    public void ReserveSlab(int floats)
    {
        if (slab.Length < floats)
        {
            slab = Allocate(floats);
        }
    }

    private static float[] Allocate(int floats) => GC.AllocateArray<float>(floats, pinned: true);

    private static float* Pointer(float[] pinned) => (float*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(pinned));
}

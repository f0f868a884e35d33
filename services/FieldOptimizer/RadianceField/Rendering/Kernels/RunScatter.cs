using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Adds the corners of runs to a slab's records.</summary>
internal readonly unsafe ref struct RunScatter
{
    private readonly float* density;
    private readonly float* features;
    private readonly byte* touched;
    private readonly int stride;
    private readonly nint row;
    private readonly nint plane;

    /// <summary>A scatter into one slab.</summary>
    /// <param name="layout">Of the grid.</param>
    /// <param name="stride">Floats of a record of features.</param>
    /// <param name="density">Where the densities of record 0 would lie, were the whole grid in the slab's memory.</param>
    /// <param name="features">The same of features.</param>
    /// <param name="touched">The same of the marks of segments.</param>
    public RunScatter(RecordLayout layout, int stride, float* density, float* features, byte* touched)
    {
        this.density = density;
        this.features = features;
        this.touched = touched;
        this.stride = stride;
        (row, plane) = (sizeof(float) * (nint)layout.RowPitch, sizeof(float) * (nint)layout.PlanePitch);
    }

    /// <summary>Adds densities.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void AddDensities<TFaces>(SampleRuns runs, int* index, int count)
        where TFaces : struct, IDensityFaces
    {
        (nint row, nint plane) = (this.row, TFaces.Floats * this.plane);
        float* slab = density;
        float* corners = runs.Corners;
        uint* listed = runs.Listed;
        for (nint i = 0; i < count; i++)
        {
            uint run = listed[i];
            float* from = SampleRuns.CornersOf(corners, run);
            float* corner = slab + (TFaces.Floats * SampleRuns.CellOf(index, run));
            TFaces.Add(corner, row, from);
            TFaces.Add((float*)((byte*)corner + plane), row, from + SampleRuns.FacePitch);
        }
    }

    /// <summary>Adds densities and the features of raw colours, four channels, where both have the same runs.</summary>
    /// <param name="runs">The densities'; those of the weights lie behind, as in <see cref="PacketScratch.Runs"/>.</param>
    /// <param name="index">Of the chunk's cells.</param>
    /// <param name="count">Runs.</param>
    /// <param name="gradients">By the places of the rays, each twice.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void AddBoth<TFaces>(SampleRuns runs, int* index, int count, float* gradients)
        where TFaces : struct, IDensityFaces
    {
        (nint row, nint plane) = (this.row, this.plane);
        float* densitySlab = density;
        float* featureSlab = features;
        float* corners = runs.Corners;
        uint* listed = runs.Listed;
        byte* marks = touched;
        for (nint i = 0; i < count; i++)
        {
            uint run = listed[i];
            nint cell = SampleRuns.CellOf(index, run);
            marks[(uint)cell / RecordLayout.SegmentRecords] = 1;
            float* from = SampleRuns.CornersOf(corners, run);
            byte* corner = (byte*)(featureSlab + (4 * cell));
            float* value = densitySlab + (TFaces.Floats * cell);
            Vector256<float> gradient = Vector256.Load(gradients + (8 * SampleRuns.PlaceOf(run)));
            AddRecords(corner, 4 * row, gradient, from + SampleRuns.Floats);
            TFaces.Add(value, row, from);
            AddRecords(corner + (4 * plane), 4 * row, gradient, from + SampleRuns.Floats + SampleRuns.FacePitch);
            TFaces.Add((float*)((byte*)value + (TFaces.Floats * plane)), row, from + SampleRuns.FacePitch);
        }
    }

    /// <summary>Adds the features of raw colours.</summary>
    /// <param name="runs">The weights'.</param>
    /// <param name="index">Of the chunk's cells.</param>
    /// <param name="count">Runs.</param>
    /// <param name="placed">Gradients of four channels, by the places of the rays, each twice; used where vectors hold two records.</param>
    /// <param name="gradients">Gradients, [16, stride]; used elsewhere.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void AddRawFeatures(SampleRuns runs, int* index, int count, float* placed, float* gradients)
    {
        int record = stride;
        (nint row, nint plane) = (record * this.row, record * this.plane);
        float* slab = features;
        float* corners = runs.Corners;
        uint* listed = runs.Listed;
        byte* marks = touched;
        if (record == 4 && Avx.IsSupported)
        {
            for (nint i = 0; i < count; i++)
            {
                uint run = listed[i];
                nint cell = SampleRuns.CellOf(index, run);
                marks[(uint)cell / RecordLayout.SegmentRecords] = 1;
                float* from = SampleRuns.CornersOf(corners, run);
                byte* corner = (byte*)(slab + (4 * cell));
                Vector256<float> gradient = Vector256.Load(placed + (8 * SampleRuns.PlaceOf(run)));
                AddRecords(corner, row, gradient, from);
                AddRecords(corner + plane, row, gradient, from + SampleRuns.FacePitch);
            }

            return;
        }

        for (int i = 0; i < count; i++)
        {
            uint run = listed[i];
            nint cell = SampleRuns.CellOf(index, run);
            marks[(uint)cell / RecordLayout.SegmentRecords] = 1;
            float* from = SampleRuns.CornersOf(corners, run);
            byte* corner = (byte*)(slab + (cell * record));
            float* gradientOfRay = gradients + (QuadOrder.Place((int)SampleRuns.PlaceOf(run)) * record);
            for (int quad = 0; quad < record; quad += 4, corner += 4 * sizeof(float))
            {
                Vector128<float> gradient = Vector128.Load(gradientOfRay + quad);
                AddWeighted((float*)corner, record, gradient, from);
                AddWeighted((float*)(corner + row), record, gradient, from + 2);
                AddWeighted((float*)(corner + plane), record, gradient, from + SampleRuns.FacePitch);
                AddWeighted((float*)(corner + plane + row), record, gradient, from + SampleRuns.FacePitch + 2);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddWeighted(float* sum, int record, Vector128<float> gradient, float* pair)
    {
        Vector128.FusedMultiplyAdd(Vector128.Create(pair[0]), gradient, Vector128.Load(sum)).Store(sum);
        Vector128.FusedMultiplyAdd(Vector128.Create(pair[1]), gradient, Vector128.Load(sum + record)).Store(sum + record);
    }

    /// <summary>Adds weighted gradients to the four records of a face: pairs of neighbours in x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRecords(byte* corner, nint row, Vector256<float> gradient, float* face)
    {
        Vector256<float> weights = Avx.BroadcastVector128ToVector256(face);
        float* lower = (float*)corner;
        float* upper = (float*)(corner + row);
        Vector256.FusedMultiplyAdd(Avx.PermuteVar(weights, Vector256.Create(0, 0, 0, 0, 1, 1, 1, 1)), gradient, Vector256.Load(lower)).Store(lower);
        Vector256.FusedMultiplyAdd(Avx.PermuteVar(weights, Vector256.Create(2, 2, 2, 2, 3, 3, 3, 3)), gradient, Vector256.Load(upper)).Store(upper);
    }
}

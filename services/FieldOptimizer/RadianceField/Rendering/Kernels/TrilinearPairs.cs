using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Trilinear interpolation of records and its adjoint, where one record fits a vector <c>TRecord</c> and two records that are
/// neighbours in x fit a vector <c>TPair</c>.</summary>
internal static unsafe class TrilinearPairs
{
    private const int Block = SampleCells.BlockSamples;

    /// <summary>Interpolates all components of records at <paramref name="count"/> samples.</summary>
    /// <param name="records">The field's data.</param>
    /// <param name="layout">Of the data.</param>
    /// <param name="cells">Of the samples, and of one block more, which is only fetched into the cache.</param>
    /// <param name="count">A multiple of the cells' block.</param>
    /// <param name="density">Receives component 0, [count].</param>
    /// <param name="features">Receives the other components, [c][count], <paramref name="featurePitch"/> apart.</param>
    /// <param name="featurePitch">Floats.</param>
    public static void Gather<TPair>(float* records, RecordLayout layout, SampleCells cells, int count, float* density, float* features, nint featurePitch)
        where TPair : struct, ILanes<TPair>
    {
        nint row = layout.RowPitch;
        nint plane = layout.PlanePitch;
        int stride = layout.Stride;
        float* memory = stackalloc float[2 * 16];
        float* pair = AlignToLine(memory);
        TPair near = LanesBetween<TPair>(0, stride, pair);
        TPair slope = LanesBetween<TPair>(stride, 2 * stride, pair) - near;
        for (int first = 0; first < count; first += Block)
        {
            float* cell = cells.At(first);
            for (int i = first; i < first + Block; i++, cell++)
            {
                Prefetch(records + SampleCells.Offset(cell + SampleCells.NextBlock) + stride, row, plane);
                float* corner = records + SampleCells.Offset(cell);
                TPair value = TPair.Create(cell[SampleCells.W00]) * TPair.Load(corner);
                value = TPair.MultiplyAdd(TPair.Create(cell[SampleCells.W10]), TPair.Load(corner + row), value);
                value = TPair.MultiplyAdd(TPair.Create(cell[SampleCells.W01]), TPair.Load(corner + plane), value);
                value = TPair.MultiplyAdd(TPair.Create(cell[SampleCells.W11]), TPair.Load(corner + plane + row), value);
                (value * TPair.MultiplyAdd(TPair.Create(cell[SampleCells.X]), slope, near)).Store(pair);
                density[i] = pair[0] + pair[stride];
                Fold(pair + 1, stride, features + i, featurePitch);
            }
        }
    }

    /// <summary>Adds one sample's gradient record to its eight corners; each record is a vector of its own, so that what one sample
    /// stores the next can load at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scatter<TRecord>(float* corner, nint row, nint plane, float* cell, TRecord value)
        where TRecord : struct, ILanes<TRecord>
    {
        TRecord far = value * TRecord.Create(cell[SampleCells.X]);
        TRecord near = value - far;
        AddPair(corner, TRecord.Create(cell[SampleCells.W00]), near, far);
        AddPair(corner + row, TRecord.Create(cell[SampleCells.W10]), near, far);
        AddPair(corner + plane, TRecord.Create(cell[SampleCells.W01]), near, far);
        AddPair(corner + plane + row, TRecord.Create(cell[SampleCells.W11]), near, far);
    }

    /// <summary>Fetches the four pairs of records around a cell.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(float* record, nint row, nint plane)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(record);
            Sse.Prefetch0(record + row);
            Sse.Prefetch0(record + plane);
            Sse.Prefetch0(record + plane + row);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddPair<TRecord>(float* record, TRecord weight, TRecord near, TRecord far)
        where TRecord : struct, ILanes<TRecord>
    {
        TRecord.MultiplyAdd(weight, near, TRecord.Load(record)).Store(record);
        TRecord.MultiplyAdd(weight, far, TRecord.Load(record + TRecord.Count)).Store(record + TRecord.Count);
    }

    /// <summary>Adds the two records' features; the usual numbers of channels without a loop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fold(float* pair, int stride, float* feature, nint pitch)
    {
        switch (stride)
        {
            case 4:
                feature[0] = pair[0] + pair[4];
                feature[pitch] = pair[1] + pair[5];
                feature[2 * pitch] = pair[2] + pair[6];
                break;
            case 5:
                feature[0] = pair[0] + pair[5];
                feature[pitch] = pair[1] + pair[6];
                feature[2 * pitch] = pair[2] + pair[7];
                feature[3 * pitch] = pair[3] + pair[8];
                break;
            default:
                for (int component = 0; component < stride - 1; component++, feature += pitch)
                {
                    *feature = pair[component] + pair[stride + component];
                }

                break;
        }
    }

    /// <summary>The first address on a cache line: what is stored across two lines is slow to load back.</summary>
    private static float* AlignToLine(float* memory) => (float*)(((nint)memory + 63) & ~(nint)63);

    /// <summary>1 in lanes first … end − 1, 0 elsewhere.</summary>
    private static TLanes LanesBetween<TLanes>(int first, int end, float* scratch)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            scratch[lane] = lane >= first && lane < end ? 1 : 0;
        }

        return TLanes.Load(scratch);
    }
}

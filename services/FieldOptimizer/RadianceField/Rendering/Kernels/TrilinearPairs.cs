using System.Runtime.CompilerServices;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Trilinear interpolation of records and its adjoint, where two records that are neighbours in x fit one vector.</summary>
internal static unsafe class TrilinearPairs
{
    /// <summary>Samples ahead of which records are fetched into the cache.</summary>
    private const int PrefetchDistance = 12;

    /// <summary>Interpolates all components of records at <paramref name="count"/> samples.</summary>
    /// <param name="records">The field's data.</param>
    /// <param name="stride">Floats per record; two records fit <typeparamref name="TLanes"/>.</param>
    /// <param name="rowPitch">Floats between neighbours in y.</param>
    /// <param name="planePitch">Floats between neighbours in z.</param>
    /// <param name="cells">Of the samples.</param>
    /// <param name="density">Receives component 0, [count].</param>
    /// <param name="features">Receives the other components, [c][count], <paramref name="featurePitch"/> apart.</param>
    public static void Gather<TLanes>(float* records, int stride, int rowPitch, int planePitch, SampleCells cells, int count, float* density, float* features, int featurePitch)
        where TLanes : struct, ILanes<TLanes>
    {
        float* pair = stackalloc float[2 * TLanes.Count];
        TLanes near = NearLanes<TLanes>(stride, pair);
        TLanes slope = FarLanes<TLanes>(stride, pair) - near;
        for (int i = 0; i < count; i++)
        {
            float* corner = records + cells.Offsets[i];
            TLanes value = TLanes.Create(cells.W00[i]) * TLanes.Load(corner);
            value = TLanes.MultiplyAdd(TLanes.Create(cells.W10[i]), TLanes.Load(corner + rowPitch), value);
            value = TLanes.MultiplyAdd(TLanes.Create(cells.W01[i]), TLanes.Load(corner + planePitch), value);
            value = TLanes.MultiplyAdd(TLanes.Create(cells.W11[i]), TLanes.Load(corner + planePitch + rowPitch), value);
            (value * TLanes.MultiplyAdd(TLanes.Create(cells.X[i]), slope, near)).Store(pair);
            density[i] = pair[0] + pair[stride];
            float* feature = features + i;
            for (int component = 1; component < stride; component++, feature += featurePitch)
            {
                *feature = pair[component] + pair[stride + component];
            }
        }
    }

    /// <summary>Adds one sample's gradient record, given twice in <paramref name="value"/>, to its eight corners.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scatter<TLanes>(float* corner, int rowPitch, int planePitch, SampleCells cells, int i, TLanes value)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes.MultiplyAdd(TLanes.Create(cells.W00[i]), value, TLanes.Load(corner)).Store(corner);
        TLanes.MultiplyAdd(TLanes.Create(cells.W10[i]), value, TLanes.Load(corner + rowPitch)).Store(corner + rowPitch);
        corner += planePitch;
        TLanes.MultiplyAdd(TLanes.Create(cells.W01[i]), value, TLanes.Load(corner)).Store(corner);
        TLanes.MultiplyAdd(TLanes.Create(cells.W11[i]), value, TLanes.Load(corner + rowPitch)).Store(corner + rowPitch);
    }

    /// <summary>1 in the lanes of the nearer record, 0 elsewhere.</summary>
    public static TLanes NearLanes<TLanes>(int stride, float* scratch)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            scratch[lane] = lane < stride ? 1 : 0;
        }

        return TLanes.Load(scratch);
    }

    /// <summary>1 in the lanes of the farther record, 0 elsewhere.</summary>
    public static TLanes FarLanes<TLanes>(int stride, float* scratch)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            scratch[lane] = lane >= stride && lane < 2 * stride ? 1 : 0;
        }

        return TLanes.Load(scratch);
    }
}

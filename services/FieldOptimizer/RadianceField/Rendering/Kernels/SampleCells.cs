using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Where samples lie in the grid: the record of each one's lower corner and the weights of its eight corners.</summary>
/// <remarks>The corners (y, z) = (0, 0), (1, 0), (0, 1), (1, 1) have the weights W00, W10, W01, W11, times 1 − fx or fx along x.</remarks>
internal readonly unsafe struct SampleCells(float* memory, int capacity)
{
    /// <summary>Floats of memory per sample.</summary>
    public const int FloatsPerSample = 6;

    /// <summary>Offset of the lower corner's record in the records' data.</summary>
    public int* Offsets { get; } = (int*)memory;

    /// <summary>Fraction along x.</summary>
    public float* X { get; } = memory + capacity;

    public float* W00 { get; } = memory + (2 * capacity);

    public float* W10 { get; } = memory + (3 * capacity);

    public float* W01 { get; } = memory + (4 * capacity);

    public float* W11 { get; } = memory + (5 * capacity);

    /// <summary>Fills the cells of samples <paramref name="first"/> … of a ray; <paramref name="count"/> is rounded up to whole vectors.</summary>
    /// <remarks>Positions are clamped to the border of zero records, so any ray is safe, and interpolation fades to zero outside.</remarks>
    public void Locate<TLanes>(in GridRay ray, float stepLength, VoxelRecords records, int first, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes one = TLanes.Create(1);
        TLanes step = TLanes.Create(stepLength);
        for (int i = 0; i < count; i += TLanes.Count)
        {
            TLanes distance = TLanes.MultiplyAdd(TLanes.Indices + TLanes.Create(first + i), step, TLanes.Create(ray.FirstDistance));
            TLanes x = Clamp(TLanes.MultiplyAdd(distance, TLanes.Create(ray.Slope.X), TLanes.Create(ray.Start.X)), records.Grid.X, out TLanes cellX);
            TLanes y = Clamp(TLanes.MultiplyAdd(distance, TLanes.Create(ray.Slope.Y), TLanes.Create(ray.Start.Y)), records.Grid.Y, out TLanes cellY);
            TLanes z = Clamp(TLanes.MultiplyAdd(distance, TLanes.Create(ray.Slope.Z), TLanes.Create(ray.Start.Z)), records.Grid.Z, out TLanes cellZ);
            TLanes.StoreOffset(Offsets + i, cellX + one, cellY + one, cellZ + one, records.Stride, records.RowPitch, records.PlanePitch);
            x.Store(X + i);
            ((one - y) * (one - z)).Store(W00 + i);
            (y * (one - z)).Store(W10 + i);
            ((one - y) * z).Store(W01 + i);
            (y * z).Store(W11 + i);
        }
    }

    /// <summary>Cell and fraction of a position in [−1, extent].</summary>
    private static TLanes Clamp<TLanes>(TLanes position, int extent, out TLanes cell)
        where TLanes : struct, ILanes<TLanes>
    {
        position = TLanes.Max(position, TLanes.Create(-1));
        position = TLanes.Min(position, TLanes.Create(extent));
        cell = TLanes.Min(TLanes.Floor(position), TLanes.Create(extent - 1));
        return position - cell;
    }
}

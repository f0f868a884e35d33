namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Where samples lie in the grid: the record of each one's lower corner and the weights of its eight corners.</summary>
/// <remarks>The corners (y, z) = (0, 0), (1, 0), (0, 1), (1, 1) have the weights W00, W10, W01, W11, times 1 − x or x along x. Memory
/// goes in blocks of 16 samples, field after field, so that one pointer reaches all fields of a sample at fixed distances.</remarks>
internal readonly unsafe struct SampleCells(float* memory)
{
    /// <summary>Floats of memory per sample.</summary>
    public const int FloatsPerSample = 6;

    /// <summary>Samples per block.</summary>
    public const int BlockSamples = 16;

    // Floats from a sample's pointer to its fields; the offset of the lower corner's record, an integer, comes first.
    public const int X = 1 * BlockSamples;
    public const int W00 = 2 * BlockSamples;
    public const int W10 = 3 * BlockSamples;
    public const int W01 = 4 * BlockSamples;
    public const int W11 = 5 * BlockSamples;
    public const int NextBlock = FloatsPerSample * BlockSamples;

    /// <summary>A sample's fields.</summary>
    public float* At(int i) => memory + (i / BlockSamples * NextBlock) + (i % BlockSamples);

    /// <summary>The offset of the lower corner's record.</summary>
    public static int Offset(float* cell) => *(int*)cell;

    /// <summary>Fills the cells of samples <paramref name="first"/> … of a ray; <paramref name="count"/> is rounded up to whole blocks.</summary>
    /// <remarks>Positions are clamped to the border of zero records, so any ray is safe, and interpolation fades to zero outside.</remarks>
    public void Locate<TLanes>(in GridRay ray, float stepLength, in RecordLayout layout, int first, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes one = TLanes.Create(1);
        TLanes step = TLanes.Create(stepLength);
        count = (count + BlockSamples - 1) & ~(BlockSamples - 1);
        for (int i = 0; i < count; i += TLanes.Count)
        {
            TLanes distance = TLanes.MultiplyAdd(TLanes.Indices + TLanes.Create(first + i), step, TLanes.Create(ray.FirstDistance));
            TLanes x = Clamp(TLanes.MultiplyAdd(distance, TLanes.Create(ray.Slope.X), TLanes.Create(ray.Start.X)), layout.Grid.X, out TLanes cellX);
            TLanes y = Clamp(TLanes.MultiplyAdd(distance, TLanes.Create(ray.Slope.Y), TLanes.Create(ray.Start.Y)), layout.Grid.Y, out TLanes cellY);
            TLanes z = Clamp(TLanes.MultiplyAdd(distance, TLanes.Create(ray.Slope.Z), TLanes.Create(ray.Start.Z)), layout.Grid.Z, out TLanes cellZ);
            float* cell = At(i);
            TLanes.StoreOffset((int*)cell, cellX + one, cellY + one, cellZ + one, layout.Stride, layout.RowPitch, layout.PlanePitch);
            x.Store(cell + X);
            ((one - y) * (one - z)).Store(cell + W00);
            (y * (one - z)).Store(cell + W10);
            ((one - y) * z).Store(cell + W01);
            (y * z).Store(cell + W11);
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

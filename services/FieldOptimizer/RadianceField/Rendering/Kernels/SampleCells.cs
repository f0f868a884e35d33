using System.Runtime.CompilerServices;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Where a chunk of a packet's samples lies in the grid: per sample the index of its cell's lower corner, and its place in the
/// cell. Sample (step, ray) is at 16·step + ray, steps counted from the chunk's first.</summary>
internal readonly unsafe struct SampleCells(float* memory)
{
    /// <summary>Most steps of a chunk: small enough for the first-level cache.</summary>
    public const int ChunkSteps = 16;

    /// <summary>Most samples of a chunk.</summary>
    public const int ChunkSamples = ChunkSteps * RayPackets.Width;

    /// <summary>Floats of memory.</summary>
    public const int Floats = 4 * ChunkSamples;

    /// <summary>Index of the lower corner's record.</summary>
    public int* Index => (int*)memory;

    /// <summary>Fraction along x, in [0, 1].</summary>
    public float* X => memory + ChunkSamples;

    /// <summary>Fraction along y.</summary>
    public float* Y => memory + (2 * ChunkSamples);

    /// <summary>Fraction along z.</summary>
    public float* Z => memory + (3 * ChunkSamples);

    /// <summary>The same from a later sample on.</summary>
    public SampleCells At(int sample) => new(memory + sample);

    /// <summary>Fills <paramref name="count"/> steps of a packet.</summary>
    /// <remarks>Positions are clamped to the border of zero records, so any ray is safe, and interpolation fades to zero outside.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Locate<TLanes>(float* packet, float stepLength, in RecordLayout layout, int firstStep, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes one = TLanes.Create(1);
        (TLanes lastX, TLanes lastY, TLanes lastZ) = (TLanes.Create(layout.Grid.X), TLanes.Create(layout.Grid.Y), TLanes.Create(layout.Grid.Z));
        (int rowPitch, int planePitch) = (layout.RowPitch, layout.PlanePitch);
        for (int lane = 0; lane < RayPackets.Width; lane += TLanes.Count)
        {
            float* ray = packet + lane;
            TLanes firstDistance = TLanes.Load(ray + RayPackets.FirstDistance);
            for (int i = 0; i < count; i++)
            {
                TLanes distance = TLanes.MultiplyAdd(TLanes.Create(firstStep + i), TLanes.Create(stepLength), firstDistance);
                TLanes x = Clamp(Position<TLanes>(ray, distance, 0), lastX, out TLanes cellX);
                TLanes y = Clamp(Position<TLanes>(ray, distance, 1), lastY, out TLanes cellY);
                TLanes z = Clamp(Position<TLanes>(ray, distance, 2), lastZ, out TLanes cellZ);
                int at = (i * RayPackets.Width) + lane;
                TLanes.StoreIndex(Index + at, cellX + one, cellY + one, cellZ + one, rowPitch, planePitch);
                x.Store(X + at);
                y.Store(Y + at);
                z.Store(Z + at);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Position<TLanes>(float* ray, TLanes distance, int axis)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.MultiplyAdd(distance, TLanes.Load(ray + RayPackets.Slope + (axis * RayPackets.Width)), TLanes.Load(ray + RayPackets.Start + (axis * RayPackets.Width)));

    /// <summary>Cell and fraction of a position in [−1, extent].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Clamp<TLanes>(TLanes position, TLanes extent, out TLanes cell)
        where TLanes : struct, ILanes<TLanes>
    {
        position = TLanes.Max(position, TLanes.Create(-1));
        position = TLanes.Min(position, extent);
        cell = TLanes.Min(TLanes.Floor(position), extent - TLanes.Create(1));
        return position - cell;
    }
}

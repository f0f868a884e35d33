using System.Runtime.CompilerServices;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Vectors;

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
    /// <remarks>Where rays leave the grid, positions are clamped to the border of zero records: any ray is safe, and interpolation fades to
    /// zero outside.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Locate<TLanes>(float* packet, float stepLength, in RecordLayout layout, int firstStep, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        bool isInside = firstStep + count <= packet[RayPackets.StepsInside];
        (TLanes endX, TLanes endY, TLanes endZ) = (TLanes.Create(layout.Grid.X), TLanes.Create(layout.Grid.Y), TLanes.Create(layout.Grid.Z));
        (int rowPitch, int planePitch) = (layout.RowPitch, layout.PlanePitch);
        for (int lane = 0; lane < RayPackets.Width; lane += TLanes.Count)
        {
            float* ray = packet + lane;
            TLanes firstDistance = TLanes.Load(ray + RayPackets.FirstDistance);
            float* at = memory + lane;
            for (int i = 0; i < count; i++, at += RayPackets.Width)
            {
                TLanes distance = TLanes.MultiplyAdd(TLanes.Create(firstStep + i), TLanes.Create(stepLength), firstDistance);
                (TLanes x, TLanes y, TLanes z) = (Position<TLanes>(ray, distance, 0), Position<TLanes>(ray, distance, 1), Position<TLanes>(ray, distance, 2));
                if (!isInside)
                {
                    (x, y, z) = (Clamp(x, endX), Clamp(y, endY), Clamp(z, endZ));
                }

                (TLanes cellX, TLanes cellY, TLanes cellZ) = (TLanes.Floor(x), TLanes.Floor(y), TLanes.Floor(z));
                if (!isInside)
                {
                    (cellX, cellY, cellZ) = (TLanes.Min(cellX, endX), TLanes.Min(cellY, endY), TLanes.Min(cellZ, endZ));
                }

                TLanes.StoreIndex((int*)at, cellX, cellY, cellZ, rowPitch, planePitch);
                (x - cellX).Store(at + ChunkSamples);
                (y - cellY).Store(at + (2 * ChunkSamples));
                (z - cellZ).Store(at + (3 * ChunkSamples));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Position<TLanes>(float* ray, TLanes distance, int axis)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.MultiplyAdd(distance, TLanes.Load(ray + RayPackets.Slope + (axis * RayPackets.Width)), TLanes.Load(ray + RayPackets.Start + (axis * RayPackets.Width)));

    /// <summary>To [0, extent + 1]; the border's is the cell before the first voxel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Clamp<TLanes>(TLanes position, TLanes extent)
        where TLanes : struct, ILanes<TLanes> => TLanes.Min(TLanes.Max(position, TLanes.Create(0)), extent + TLanes.Create(1));
}

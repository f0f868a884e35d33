using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering.Kernels;

namespace Sjc.RadianceField.Rendering;

/// <summary>How the planes of a grid are cut into slabs that workers add gradients to, and in which order they take them.</summary>
/// <remarks>The cut depends on the grid and the tapes alone, and the order changes no result: so the number of workers changes none.</remarks>
internal sealed unsafe class SlabPlan
{
    /// <summary>Bytes of gradient that a worker owns at a time: so many that few packets touch several slabs; what neighbouring packets touch
    /// of it stays in the second-level cache.</summary>
    private const int SlabBytes = 1 << 23;

    /// <summary>Planes of a slab of a large grid, and slabs of a small one.</summary>
    private const int LeastPlanes = 16;
    private const int LeastSlabs = 4;

    /// <summary>The same where most samples have a colour.</summary>
    private const int LeastDensePlanes = 10;
    private const int LeastDenseSlabs = 10;

    private double[] savings = [];
    private int[] order = [];
    private int gridPlanes;

    /// <summary>Planes of a slab; the last may have fewer.</summary>
    public int Planes { get; private set; }

    /// <summary>Slabs.</summary>
    public int Count { get; private set; }

    /// <summary>The most planes that a slab of this grid has, whatever the tapes.</summary>
    public int MostPlanes { get; private set; }

    /// <summary>Whether so many samples of the tapes have a colour that they touch most of the slabs' features.</summary>
    public bool HasDenseColors { get; private set; }

    /// <summary>Whether there are so many samples for a voxel that adding densities in pairs saves more than summing up the pairs costs.</summary>
    public bool HasDensityPairs { get; private set; }

    /// <summary>Makes a plan for some tapes.</summary>
    /// <param name="records">The grid.</param>
    /// <param name="tapes">What will be added.</param>
    /// <param name="workers">Who share the slabs: one alone takes neighbours after one another.</param>
    public void Make(VoxelRecords records, ReadOnlySpan<RenderTape> tapes, int workers)
    {
        (long samples, long visible) = (0, 0);
        foreach (RenderTape tape in tapes)
        {
            for (int packet = 0; packet < tape.Packets.Count; packet++)
            {
                samples += RayPackets.Width * (long)tape.LiveSteps(packet);
                visible += tape.VisibleCount(packet);
            }
        }

        HasDenseColors = visible > records.Grid.VoxelCount / 4;
        HasDensityPairs = 3 * samples > 2 * records.Grid.VoxelCount;
        gridPlanes = records.Grid.Z;
        MostPlanes = PlanesOf(records, isDense: false);
        Planes = PlanesOf(records, HasDenseColors);
        Count = (gridPlanes + Planes - 1) / Planes;
        if (savings.Length < Count)
        {
            (savings, order) = (new double[Count], new int[Count]);
        }

        FindOrder(workers > 1 ? tapes : []);
    }

    /// <summary>The planes of the slab that is taken at a turn: those with the most samples first, so that none of them is left to one
    /// worker when the others have done.</summary>
    public (int First, int End) Slab(int turn)
    {
        int first = order[turn] * Planes;
        return (first, Math.Min(first + Planes, gridPlanes));
    }

    /// <summary>Planes of a slab: as many as the bytes allow, but enough that few samples touch two slabs, and few enough for several workers.
    /// Where features are touched everywhere, fewer: what the workers add to and what the sweep reads share the last cache.</summary>
    private static int PlanesOf(VoxelRecords records, bool isDense)
    {
        (int bytes, int least, int slabs) = isDense ? (SlabBytes / 4, LeastDensePlanes, LeastDenseSlabs) : (SlabBytes, LeastPlanes, LeastSlabs);
        int planes = (bytes / sizeof(float) / records.Layout.PlanePitch / (1 + records.FeatureStride)) - 2;
        return Math.Min(Math.Max(planes, least), Math.Max(LeastPlanes / 2, (records.Grid.Z + slabs - 1) / slabs));
    }

    private void FindOrder(ReadOnlySpan<RenderTape> tapes)
    {
        Span<double> found = savings.AsSpan(0, Count);
        found.Clear();
        foreach (RenderTape tape in tapes)
        {
            for (int packet = 0; packet < tape.Packets.Count; packet++)
            {
                SubtractSamples(tape, packet, found);
            }
        }

        for (int slab = 0; slab < Count; slab++)
        {
            order[slab] = slab;
        }

        found.Sort(order.AsSpan(0, Count));
    }

    /// <summary>Subtracts the samples that a packet has in each slab, were all its rays like the first one.</summary>
    private void SubtractSamples(RenderTape tape, int packet, Span<double> found)
    {
        float* rows = tape.Packets.Rows(packet);
        int steps = tape.LiveSteps(packet);
        double slope = rows[RayPackets.Slope + (2 * RayPackets.Width)];
        double near = rows[RayPackets.Start + (2 * RayPackets.Width)] + (slope * rows[RayPackets.FirstDistance]) - 1;
        double far = near + (slope * tape.StepLength * steps);
        (double low, double high) = (Math.Clamp(Math.Min(near, far), 0, gridPlanes), Math.Clamp(Math.Max(near, far), 0, gridPlanes));
        double samplesPerPlane = steps / Math.Max(Math.Abs(far - near), 1);
        for (int slab = (int)(low / Planes); slab < Count && slab * Planes <= high; slab++)
        {
            double length = Math.Min(high, (slab + 1) * Planes) - Math.Max(low, slab * Planes);
            found[slab] -= samplesPerPlane * Math.Max(length, 1);
        }
    }
}

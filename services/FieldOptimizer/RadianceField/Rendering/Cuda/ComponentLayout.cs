using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Cuda;

/// <summary>From records on the host to the device's order of components and back: see <c>SjcField</c> in the sources.</summary>
internal static class ComponentLayout
{
    /// <summary>Floats of all components, rounded up to a whole vector of four.</summary>
    public static long Length(GridSize grid, int channels) => ((grid.VoxelCount * (1 + channels)) + 3) & ~3L;

    /// <summary>Records to components.</summary>
    public static void Pack(VoxelRecords records, Span<float> components)
    {
        foreach ((int lane, int y, int z, long first, int step) in Rows(records))
        {
            Span<float> values = records.ComponentRow(lane, y, z, out int stride);
            long at = first;
            for (int i = 0; i < values.Length; i += stride, at += step)
            {
                components[(int)at] = values[i];
            }
        }

        GC.KeepAlive(records);
    }

    /// <summary>Components to records, or added to them.</summary>
    public static void Unpack(ReadOnlySpan<float> components, VoxelRecords records, bool adds = false)
    {
        foreach ((int lane, int y, int z, long first, int step) in Rows(records))
        {
            Span<float> values = records.ComponentRow(lane, y, z, out int stride);
            long at = first;
            for (int i = 0; i < values.Length; i += stride, at += step)
            {
                values[i] = adds ? values[i] + components[(int)at] : components[(int)at];
            }
        }

        GC.KeepAlive(records);
    }

    /// <summary>The rows along x of every component: where they lie in the records, where among the components, and how far apart there neighbours are.</summary>
    private static IEnumerable<(int Lane, int Y, int Z, long First, int Step)> Rows(VoxelRecords records)
    {
        for (int component = 0; component <= records.Channels; component++)
        {
            (long first, int step) = Place(records, component);
            for (int row = 0; row < records.Grid.Y * records.Grid.Z; row++)
            {
                yield return (Lane(records, component), row % records.Grid.Y, row / records.Grid.Y, first + ((long)row * records.Grid.X * step), step);
            }
        }
    }

    /// <summary>Where a component of voxel 0 lies, and how far apart neighbours are.</summary>
    private static (long First, int Step) Place(VoxelRecords records, int component)
    {
        int grouped = (records.Channels + 1) / 4 * 4;
        return component < grouped
            ? ((component / 4 * 4 * records.Grid.VoxelCount) + (component % 4), 4)
            : (component * records.Grid.VoxelCount, 1);
    }

    /// <summary>The component's place in a record, where the density comes first.</summary>
    private static int Lane(VoxelRecords records, int component) => component == records.Channels ? 0 : 1 + component;
}

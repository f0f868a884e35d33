using System.Runtime.InteropServices;
using Sjc.RadianceField.Rendering.Kernels;

namespace Sjc.RadianceField.Fields;

/// <summary>One record (density, feature₀ … feature₍c₋₁₎) per voxel: the field itself, its gradient, or an optimiser's moments.</summary>
/// <remarks>Records of neighbours in x are adjacent, so the eight corners of a sample lie in four runs of memory. A border of zero
/// records stands for the zero padding outside the grid; a row shares it with the next one. The public methods speak the reference's
/// layout: density [z, y, x], features [c, z, y, x].</remarks>
public sealed class VoxelRecords
{
    /// <summary>Floats behind the last record, so that a vector load of two records never leaves the array.</summary>
    internal const int Overrun = 32;

    /// <summary>Records of zeros.</summary>
    /// <exception cref="ArgumentException">There are no channels, or the records exceed 2³¹ floats.</exception>
    public VoxelRecords(GridSize grid, int channels)
    {
        if (channels < 1)
        {
            throw new ArgumentException($"channels must be at least 1, but is {channels}.", nameof(channels));
        }

        long row = (grid.X + 1L) * (1 + channels);
        long plane = (grid.Y + 1L) * row;
        long length = ((grid.Z + 2L) * plane) + row + (1 + channels) + Overrun;
        if (length > int.MaxValue)
        {
            throw new ArgumentException($"grid must need at most {int.MaxValue} floats, but needs {length} with {channels} channels.", nameof(grid));
        }

        Grid = grid;
        Channels = channels;
        Layout = new RecordLayout(grid, 1 + channels);
        Data = PinnedMemory.Zeros((int)length);
    }

    /// <summary>The voxels.</summary>
    public GridSize Grid { get; }

    /// <summary>Features per voxel.</summary>
    public int Channels { get; }

    /// <summary>Floats per record: 1 + <see cref="Channels"/>.</summary>
    internal int Stride => 1 + Channels;

    /// <summary>Where the records lie.</summary>
    internal RecordLayout Layout { get; }

    /// <summary>The records with their border, pinned.</summary>
    internal float[] Data { get; }

    /// <summary>The density component of a voxel.</summary>
    public float Density(int x, int y, int z) => Data[CheckedOffset(x, y, z)];

    /// <summary>Sets all densities.</summary>
    /// <param name="density">[z, y, x].</param>
    public void ImportDensity(ReadOnlySpan<float> density) => Import(density, 0, 1, nameof(density));

    /// <summary>Sets all features.</summary>
    /// <param name="features">[c, z, y, x].</param>
    public void ImportFeatures(ReadOnlySpan<float> features) => Import(features, 1, Channels, nameof(features));

    /// <summary>Gives all densities.</summary>
    /// <param name="density">Receives [z, y, x].</param>
    public void ExportDensity(Span<float> density) => Export(density, 0, 1, nameof(density));

    /// <summary>Gives all features.</summary>
    /// <param name="features">Receives [c, z, y, x].</param>
    public void ExportFeatures(Span<float> features) => Export(features, 1, Channels, nameof(features));

    /// <summary>Sets every record to zero.</summary>
    public void Clear() => Array.Clear(Data);

    /// <summary>Where a record begins; each index in [−1, extent] (the border included).</summary>
    internal int Offset(int x, int y, int z) => Layout.Offset(x, y, z);

    /// <summary>The interior records of one row, x = 0 … X − 1.</summary>
    internal Span<float> Row(int y, int z) => MemoryMarshal.CreateSpan(ref Data[Offset(0, y, z)], Grid.X * Stride);

    private int CheckedOffset(int x, int y, int z)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)x, (uint)Grid.X, nameof(x));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)y, (uint)Grid.Y, nameof(y));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)z, (uint)Grid.Z, nameof(z));
        return Offset(x, y, z);
    }

    private void Import(ReadOnlySpan<float> values, int firstComponent, int components, string name)
    {
        RequireLength(values.Length, components, name);
        int read = 0;
        for (int component = firstComponent; component < firstComponent + components; component++)
        {
            for (int z = 0; z < Grid.Z; z++)
            {
                for (int y = 0; y < Grid.Y; y++)
                {
                    Span<float> row = Row(y, z);
                    for (int at = component; at < row.Length; at += Stride)
                    {
                        row[at] = values[read++];
                    }
                }
            }
        }
    }

    private void Export(Span<float> values, int firstComponent, int components, string name)
    {
        RequireLength(values.Length, components, name);
        int written = 0;
        for (int component = firstComponent; component < firstComponent + components; component++)
        {
            for (int z = 0; z < Grid.Z; z++)
            {
                for (int y = 0; y < Grid.Y; y++)
                {
                    Span<float> row = Row(y, z);
                    for (int at = component; at < row.Length; at += Stride)
                    {
                        values[written++] = row[at];
                    }
                }
            }
        }
    }

    private void RequireLength(int length, int components, string name)
    {
        if (length != components * Grid.VoxelCount)
        {
            throw new ArgumentException($"{name} must have {components}·{Grid.Z}·{Grid.Y}·{Grid.X} values, but has {length}.", name);
        }
    }
}

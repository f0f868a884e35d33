using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Fields;

/// <summary>Density and features of every voxel: the field itself, its gradient, or an optimiser's moments.</summary>
/// <remarks>Densities lie apart from features: most samples of a ray need no colour. Features of a voxel are one record, filled up to
/// whole vectors of four; neighbours in x are adjacent, so the eight corners of a sample lie in four runs of memory. A border of zero
/// records stands for the zero padding outside the grid; a row shares it with the next one. The public methods speak the reference's
/// layout: density [z, y, x], features [c, z, y, x].</remarks>
public sealed unsafe class VoxelRecords
{
    private const int MaxFloats = 2_147_000_000;

    private readonly NativeBuffer<float> densities;
    private readonly NativeBuffer<float> features;

    /// <summary>Records of zeros.</summary>
    /// <exception cref="ArgumentException">There are no channels, or the records exceed 2³¹ floats.</exception>
    public VoxelRecords(GridSize grid, int channels)
    {
        if (channels < 1)
        {
            throw new ArgumentException($"channels must be at least 1, but is {channels}.", nameof(channels));
        }

        FeatureStride = (channels + 3) / 4 * 4;
        long records = ((grid.Z + 3L) * ((grid.Y + 2L) * (grid.X + 1L))) + 64;
        if (records * FeatureStride > MaxFloats)
        {
            throw new ArgumentException($"grid must need at most {MaxFloats} floats, but needs {records * FeatureStride} with {channels} channels.", nameof(grid));
        }

        Grid = grid;
        Channels = channels;
        Layout = new RecordLayout(grid);
        densities = new NativeBuffer<float>((int)Layout.RecordCount, zero: true);
        features = new NativeBuffer<float>((int)Layout.RecordCount * FeatureStride, zero: true);
    }

    /// <summary>The voxels.</summary>
    public GridSize Grid { get; }

    /// <summary>Features per voxel.</summary>
    public int Channels { get; }

    /// <summary>Floats per record of features: the channels, rounded up to a multiple of four; what is too much stays zero.</summary>
    internal int FeatureStride { get; }

    /// <summary>Where the records lie.</summary>
    internal RecordLayout Layout { get; }

    /// <summary>Densities with their border, by record.</summary>
    internal float* Densities => densities.Pointer;

    /// <summary>Features with their border, <see cref="FeatureStride"/> floats per record.</summary>
    internal float* Features => features.Pointer;

    /// <summary>The density component of a voxel.</summary>
    public float Density(int x, int y, int z) => densities.Span[CheckedIndex(x, y, z)];

    /// <summary>Sets all densities.</summary>
    /// <param name="density">[z, y, x].</param>
    public void ImportDensity(ReadOnlySpan<float> density) => Import(density, densities, 1, 1, nameof(density));

    /// <summary>Sets all features.</summary>
    /// <param name="features">[c, z, y, x].</param>
    public void ImportFeatures(ReadOnlySpan<float> features) => Import(features, this.features, FeatureStride, Channels, nameof(features));

    /// <summary>Gives all densities.</summary>
    /// <param name="density">Receives [z, y, x].</param>
    public void ExportDensity(Span<float> density) => Export(density, densities, 1, 1, nameof(density));

    /// <summary>Gives all features.</summary>
    /// <param name="features">Receives [c, z, y, x].</param>
    public void ExportFeatures(Span<float> features) => Export(features, this.features, FeatureStride, Channels, nameof(features));

    /// <summary>Sets every record to zero.</summary>
    public void Clear()
    {
        densities.Clear();
        features.Clear();
    }

    /// <summary>Adds a multiple of one voxel's values.</summary>
    /// <param name="sum">Density, then the features.</param>
    /// <param name="weight">The factor.</param>
    /// <param name="x">In the grid; so are y and z.</param>
    /// <param name="y">Row.</param>
    /// <param name="z">Plane.</param>
    internal void AddTo(Span<float> sum, float weight, int x, int y, int z)
    {
        int index = Layout.Index(x, y, z);
        sum[0] += weight * Densities[index];
        for (int channel = 0; channel < Channels; channel++)
        {
            sum[1 + channel] += weight * Features[((nint)index * FeatureStride) + channel];
        }

        GC.KeepAlive(this);
    }

    /// <summary>All values of the interior: densities, then features, in the public layout.</summary>
    internal float[] ToArray()
    {
        int voxels = (int)Grid.VoxelCount;
        float[] values = new float[voxels * (1 + Channels)];
        ExportDensity(values.AsSpan(0, voxels));
        ExportFeatures(values.AsSpan(voxels));
        return values;
    }

    /// <summary>One component of a row; its values are <paramref name="stride"/> apart. The buffer must be kept alive.</summary>
    /// <param name="component">0: density; 1 + c: feature c.</param>
    /// <param name="y">Row.</param>
    /// <param name="z">Plane.</param>
    /// <param name="stride">Floats from one voxel to the next.</param>
    internal Span<float> ComponentRow(int component, int y, int z, out int stride)
    {
        stride = component == 0 ? 1 : FeatureStride;
        return component == 0 ? Row(densities, 1, (z * Grid.Y) + y) : Row(features, stride, (z * Grid.Y) + y)[(component - 1)..];
    }

    private int CheckedIndex(int x, int y, int z)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)x, (uint)Grid.X, nameof(x));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)y, (uint)Grid.Y, nameof(y));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)z, (uint)Grid.Z, nameof(z));
        return Layout.Index(x, y, z);
    }

    private void Import(ReadOnlySpan<float> values, NativeBuffer<float> records, int stride, int components, string name)
    {
        RequireLength(values.Length, components, name);
        int read = 0;
        for (int component = 0; component < components; component++)
        {
            for (int row = 0; row < Grid.Z * Grid.Y; row++)
            {
                Span<float> to = Row(records, stride, row)[component..];
                for (int x = 0; x < Grid.X; x++)
                {
                    to[x * stride] = values[read++];
                }
            }
        }

        GC.KeepAlive(records);
    }

    private void Export(Span<float> values, NativeBuffer<float> records, int stride, int components, string name)
    {
        RequireLength(values.Length, components, name);
        int written = 0;
        for (int component = 0; component < components; component++)
        {
            for (int row = 0; row < Grid.Z * Grid.Y; row++)
            {
                ReadOnlySpan<float> from = Row(records, stride, row)[component..];
                for (int x = 0; x < Grid.X; x++)
                {
                    values[written++] = from[x * stride];
                }
            }
        }

        GC.KeepAlive(records);
    }

    /// <summary>The interior records of row y of plane z, counted z·Y + y.</summary>
    private Span<float> Row(NativeBuffer<float> records, int stride, int row) =>
        records.Span.Slice(Layout.Index(0, row % Grid.Y, row / Grid.Y) * stride, Grid.X * stride);

    private void RequireLength(int length, int components, string name)
    {
        if (length != components * Grid.VoxelCount)
        {
            throw new ArgumentException($"{name} must have {components}·{Grid.Z}·{Grid.Y}·{Grid.X} values, but has {length}.", name);
        }
    }
}

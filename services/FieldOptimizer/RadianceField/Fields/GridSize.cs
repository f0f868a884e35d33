namespace Sjc.RadianceField.Fields;

/// <summary>Voxels along each axis of a grid; tensors of it have the index order [z, y, x].</summary>
public readonly record struct GridSize
{
    /// <summary>A grid of <paramref name="x"/> × <paramref name="y"/> × <paramref name="z"/> voxels.</summary>
    /// <exception cref="ArgumentException">An extent is below 1.</exception>
    public GridSize(int x, int y, int z)
    {
        X = RequirePositive(x, nameof(x));
        Y = RequirePositive(y, nameof(y));
        Z = RequirePositive(z, nameof(z));
    }

    /// <summary>Voxels along x, the fastest index.</summary>
    public int X { get; }

    /// <summary>Voxels along y.</summary>
    public int Y { get; }

    /// <summary>Voxels along z, the slowest index.</summary>
    public int Z { get; }

    /// <summary>x·y·z.</summary>
    public long VoxelCount => (long)X * Y * Z;

    /// <summary>A grid of n³ voxels.</summary>
    public static GridSize Cube(int n) => new(n, n, n);

    private static int RequirePositive(int extent, string name) =>
        extent > 0 ? extent : throw new ArgumentException($"{name} must be at least 1, but is {extent}.", name);
}

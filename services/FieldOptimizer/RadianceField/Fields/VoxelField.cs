using System.Numerics;

namespace Sjc.RadianceField.Fields;

/// <summary>A voxel radiance field: density and features on a grid, a background, and the density's log scale.</summary>
/// <remarks>density σ = softplus(exp(<see cref="DensityScale"/>)·interpolated density + <see cref="DensityShift"/>), per world unit;
/// interpolation is trilinear between voxel centres, with zeros outside the grid.</remarks>
public sealed class VoxelField
{
    private AlphaMask? mask;

    /// <summary>A field of zeros.</summary>
    /// <exception cref="ArgumentException">The background's channels differ from <paramref name="channels"/>.</exception>
    public VoxelField(GridSize grid, AxisAlignedBox box, int channels, ColorMode colorMode, float densityShift, Background background)
    {
        ArgumentNullException.ThrowIfNull(background);
        if (background.Channels != channels)
        {
            throw new ArgumentException($"background must have {channels} channels, but has {background.Channels}.", nameof(background));
        }

        Voxels = new VoxelRecords(grid, channels);
        Box = box;
        ColorMode = colorMode;
        DensityShift = densityShift;
        Background = background;
    }

    /// <summary>Density and features.</summary>
    public VoxelRecords Voxels { get; }

    /// <summary>The grid's size.</summary>
    public GridSize Grid => Voxels.Grid;

    /// <summary>Channels of the features and of rendered images.</summary>
    public int Channels => Voxels.Channels;

    /// <summary>The box that the grid fills.</summary>
    public AxisAlignedBox Box { get; }

    /// <summary>How features become colours.</summary>
    public ColorMode ColorMode { get; }

    /// <summary>Added before softplus.</summary>
    public float DensityShift { get; }

    /// <summary>What rays see behind the field.</summary>
    public Background Background { get; }

    /// <summary>The learnt log scale of the density (the reference's <c>d_scale</c>).</summary>
    public float DensityScale { get; set; }

    /// <summary>Which voxels can be seen: samples where its interpolation is 0 are empty, whatever their density. Null: all.</summary>
    /// <exception cref="ArgumentException">The mask's grid is another.</exception>
    public AlphaMask? Mask
    {
        get => mask;
        set => mask = value is null || value.Grid == Grid
            ? value
            : throw new ArgumentException($"Mask must have a grid of {Grid.X}×{Grid.Y}×{Grid.Z} voxels, but has {value.Grid.X}×{value.Grid.Y}×{value.Grid.Z}.");
    }

    /// <summary>Extents of one voxel, world units.</summary>
    public Vector3 VoxelLength => Box.Size / new Vector3(Grid.X, Grid.Y, Grid.Z);

    /// <summary>Mean of the voxel's extents, world units, in float32 as in the reference.</summary>
    public float MeanVoxelLength => (VoxelLength.X + VoxelLength.Y + VoxelLength.Z) / 3;

    /// <summary>Takes a mask of the field as it is now; one that hides everything is left, for nothing would ever come back.</summary>
    /// <returns>Whether it was taken.</returns>
    internal bool Prune(AlphaMask found)
    {
        if (found.VisibleCount == 0)
        {
            return false;
        }

        Mask = found;
        return true;
    }
}

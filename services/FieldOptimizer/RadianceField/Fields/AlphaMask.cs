using System.Numerics;

namespace Sjc.RadianceField.Fields;

/// <summary>Which voxels can be seen at all: opacity over one voxel above a threshold, grown by one voxel in every direction.</summary>
/// <remarks>The renderer skips samples where the interpolated mask is 0. A constant of the field's moment: it carries no gradient. What it
/// hides is not quite nothing: up to the threshold's opacity over every voxel's length. With a threshold of 0 it hides what has no opacity at all.</remarks>
public sealed class AlphaMask
{
    /// <summary>The reference's least opacity.</summary>
    public const double DefaultThreshold = 0.08;

    private readonly byte[] mask;
    private readonly Lazy<MaskCells> cells;

    private AlphaMask(GridSize grid, AxisAlignedBox box, byte[] mask)
    {
        Grid = grid;
        Box = box;
        this.mask = mask;
        VisibleCount = mask.AsSpan().Count((byte)1);
        cells = new(() => new MaskCells(Grid, this.mask));
    }

    /// <summary>The mask's voxels.</summary>
    public GridSize Grid { get; }

    /// <summary>The box that the grid fills.</summary>
    public AxisAlignedBox Box { get; }

    /// <summary>[z, y, x]: 1 where something may be seen, else 0.</summary>
    public ReadOnlySpan<byte> Voxels => mask;

    /// <summary>Voxels where something may be seen.</summary>
    public int VisibleCount { get; }

    /// <summary>The mask as the processor's renderer looks it up.</summary>
    internal MaskCells Cells => cells.Value;

    /// <summary>Opacity of every voxel: 1 − exp(−σ(centre)·d), d the mean voxel length.</summary>
    /// <param name="field">The field.</param>
    /// <returns>[z, y, x], in [0, 1].</returns>
    public static float[] ComputeAlpha(VoxelField field)
    {
        float[] alpha = new float[field.Grid.VoxelCount];
        field.Voxels.ExportDensity(alpha);
        double scale = Math.Exp(field.DensityScale);
        for (int i = 0; i < alpha.Length; i++)
        {
            double x = (scale * alpha[i]) + field.DensityShift;
            double density = x > 20 ? x : Math.Log(1 + Math.Exp(x));
            alpha[i] = (float)(1 - Math.Exp(-density * field.MeanVoxelLength));
        }

        return alpha;
    }

    /// <summary>The mask of a field as it is now.</summary>
    public static AlphaMask FromField(VoxelField field, float threshold = (float)DefaultThreshold)
    {
        float[] alpha = ComputeAlpha(field);
        GridSize grid = field.Grid;
        float[] largest = MaxOfThree(alpha, 1, grid.X);
        largest = MaxOfThree(largest, grid.X, grid.Y);
        largest = MaxOfThree(largest, grid.X * grid.Y, grid.Z);
        byte[] mask = new byte[largest.Length];
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = largest[i] > threshold ? (byte)1 : (byte)0;
        }

        return new(grid, field.Box, mask);
    }

    /// <summary>From one byte per voxel.</summary>
    /// <param name="grid">The voxels.</param>
    /// <param name="box">The box that the grid fills.</param>
    /// <param name="voxels">[z, y, x]; 0 where nothing can be seen.</param>
    /// <exception cref="ArgumentException">There are not as many bytes as voxels.</exception>
    public static AlphaMask FromVoxels(GridSize grid, AxisAlignedBox box, ReadOnlySpan<byte> voxels)
    {
        if (voxels.Length != grid.VoxelCount)
        {
            throw new ArgumentException($"voxels must have {grid.VoxelCount} values, but has {voxels.Length}.", nameof(voxels));
        }

        byte[] mask = new byte[voxels.Length];
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = Math.Min(voxels[i], (byte)1);
        }

        return new(grid, box, mask);
    }

    /// <summary>From the bits of <see cref="Pack"/>.</summary>
    /// <exception cref="ArgumentException">There are not as many bytes as the grid needs.</exception>
    public static AlphaMask FromPacked(GridSize grid, AxisAlignedBox box, ReadOnlySpan<byte> packed)
    {
        long bytes = (grid.VoxelCount + 7) / 8;
        if (packed.Length != bytes)
        {
            throw new ArgumentException($"packed must have {bytes} bytes, but has {packed.Length}.", nameof(packed));
        }

        byte[] mask = new byte[grid.VoxelCount];
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = (byte)((packed[i >> 3] >> (7 - (i & 7))) & 1);
        }

        return new(grid, box, mask);
    }

    /// <summary>Eight voxels per byte in the order [z, y, x], the first in the highest bit.</summary>
    public byte[] Pack()
    {
        byte[] packed = new byte[(mask.Length + 7) / 8];
        for (int i = 0; i < mask.Length; i++)
        {
            packed[i >> 3] |= (byte)(mask[i] << (7 - (i & 7)));
        }

        return packed;
    }

    /// <summary>The mask for the field on a grid of another size: a voxel is set where the interpolation of this mask is above 0 at its centre, so that on
    /// a finer grid no sample is skipped which was not before.</summary>
    public AlphaMask Resample(GridSize grid)
    {
        byte[] resampled = new byte[grid.VoxelCount];
        int i = 0;
        for (int z = 0; z < grid.Z; z++)
        {
            for (int y = 0; y < grid.Y; y++)
            {
                for (int x = 0; x < grid.X; x++)
                {
                    bool isSet = SampleIndex(Position(x, Grid.X, grid.X), Position(y, Grid.Y, grid.Y), Position(z, Grid.Z, grid.Z)) > 0;
                    resampled[i++] = isSet ? (byte)1 : (byte)0;
                }
            }
        }

        return new(grid, Box, resampled);
    }

    /// <summary>The mask (1 or 0) interpolated at a point, with zeros outside the grid, in [0, 1].</summary>
    /// <param name="position">World units.</param>
    public float Sample(Vector3 position)
    {
        Vector3 size = Box.Size;
        double x = ((position.X - (double)Box.Min.X) / size.X * Grid.X) - 0.5;
        double y = ((position.Y - (double)Box.Min.Y) / size.Y * Grid.Y) - 0.5;
        double z = ((position.Z - (double)Box.Min.Z) / size.Z * Grid.Z) - 0.5;
        return SampleIndex(x, y, z);
    }

    /// <summary>The same at a position where voxel i's centre is at i.</summary>
    internal float SampleIndex(double x, double y, double z)
    {
        double floorX = Math.Floor(x);
        double floorY = Math.Floor(y);
        double floorZ = Math.Floor(z);
        double sum = 0;
        for (int corner = 0; corner < 8; corner++)
        {
            int right = corner & 1;
            int up = corner >> 1 & 1;
            int back = corner >> 2;
            double weight = Part(x - floorX, right) * Part(y - floorY, up) * Part(z - floorZ, back);
            sum += IsSet(floorX + right, floorY + up, floorZ + back) ? weight : 0;
        }

        return (float)sum;
    }

    /// <summary>Where the centre of a voxel of another grid lies.</summary>
    private static double Position(int i, int count, int otherCount) => ((i + 0.5) * count / otherCount) - 0.5;

    private static double Part(double fraction, int upper) => upper == 1 ? fraction : 1 - fraction;

    private bool IsSet(double x, double y, double z) =>
        x >= 0 && y >= 0 && z >= 0 && x < Grid.X && y < Grid.Y && z < Grid.Z && mask[((((int)z * Grid.Y) + (int)y) * Grid.X) + (int)x] != 0;

    /// <summary>The largest of each value and its two neighbours along one axis.</summary>
    private static float[] MaxOfThree(float[] values, int stride, int extent)
    {
        float[] largest = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int index = i / stride % extent;
            float below = index > 0 ? values[i - stride] : values[i];
            float above = index < extent - 1 ? values[i + stride] : values[i];
            largest[i] = MathF.Max(values[i], MathF.Max(below, above));
        }

        return largest;
    }
}

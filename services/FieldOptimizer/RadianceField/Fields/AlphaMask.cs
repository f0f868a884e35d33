using System.Numerics;

namespace Sjc.RadianceField.Fields;

/// <summary>Which voxels can be seen at all: opacity over one voxel above a threshold, grown by one voxel in every direction.</summary>
/// <remarks>The renderer skips samples where the interpolated mask is 0. A constant of the field's moment: it carries no gradient.</remarks>
public sealed class AlphaMask
{
    /// <summary>The reference's least opacity.</summary>
    public const float DefaultThreshold = 0.08f;

    private readonly byte[] mask;

    private AlphaMask(GridSize grid, AxisAlignedBox box, byte[] mask)
    {
        Grid = grid;
        Box = box;
        this.mask = mask;
    }

    /// <summary>The mask's voxels.</summary>
    public GridSize Grid { get; }

    /// <summary>The box that the grid fills.</summary>
    public AxisAlignedBox Box { get; }

    /// <summary>[z, y, x]: 1 where something may be seen, else 0; what the renderer takes.</summary>
    public byte[] Voxels => mask;

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
    public static AlphaMask FromField(VoxelField field, float threshold = DefaultThreshold)
    {
        float[] alpha = ComputeAlpha(field);
        GridSize grid = field.Grid;
        float[] largest = MaxOfThree(alpha, 1, grid.X);
        largest = MaxOfThree(largest, grid.X, grid.Y);
        largest = MaxOfThree(largest, grid.X * grid.Y, grid.Z);
        return new(grid, field.Box, [.. largest.Select(value => (byte)(value > threshold ? 1 : 0))]);
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

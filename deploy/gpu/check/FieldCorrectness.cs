using Sjc.Numerics;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering.Cuda;
using Sjc.RadianceField.Rendering.Cuda.Driver;

namespace Sjc.GpuCheck;

/// <summary>What the GPU does to a whole field, against the processor's: alpha mask, resampling, values at points.</summary>
internal static class FieldCorrectness
{
    private const int Grid = 21;
    private const int Channels = 4;

    /// <summary>Compares.</summary>
    /// <returns>Whether all agrees.</returns>
    public static bool Run(int ordinal, CheckReport report)
    {
        VoxelField field = MakeField();
        using CudaDevice device = new(ordinal, KernelCache.Default);
        using DeviceField memory = new(device, field);
        byte[] mask = new byte[field.Grid.VoxelCount];
        memory.ComputeMask((float)AlphaMask.DefaultThreshold, voxels: mask);
        bool isSame = mask.AsSpan().SequenceEqual(AlphaMask.FromField(field).Voxels);
        report.Add("mask", "same voxels", isSame ? 1 : 0, "");

        VoxelField expected = FieldResampling.Resample(field, GridSize.Cube(2 * Grid));
        VoxelField actual = Empty(expected.Grid);
        using DeviceField resampled = memory.Resample(expected.Grid);
        resampled.Read(actual, null);
        double grown = CudaSelfCheck.Difference(expected.Voxels.ToArray(), actual.Voxels.ToArray());
        report.Add("resampled", "difference of voxels", grown, "relative");
        double points = Points(memory, expected);
        report.Add("resampled", "difference of values at points", points, "relative");
        Console.WriteLine($"{"field",-28} mask {(isSame ? "agrees" : "DIFFERS")}, resampled by {grown:G2}, values at points by {points:G2}");
        return isSame && grown <= CudaSelfCheck.Tolerance && points <= CudaSelfCheck.Tolerance;
    }

    /// <summary>Values at the centres of a finer grid's voxels, away from the faces, where resampling and interpolation are one.</summary>
    private static double Points(DeviceField memory, VoxelField finer)
    {
        int size = finer.Grid.X;
        int inner = size - 2;
        int count = inner * inner * inner;
        float[] positions = new float[3 * count];
        float[] expected = new float[count * (1 + Channels)];
        float[] values = finer.Voxels.ToArray();
        for (int i = 0; i < count; i++)
        {
            (int x, int y, int z) = (1 + (i % inner), 1 + (i / inner % inner), 1 + (i / inner / inner));
            (positions[3 * i], positions[(3 * i) + 1], positions[(3 * i) + 2]) = (Center(x, size), Center(y, size), Center(z, size));
            int voxel = (((z * size) + y) * size) + x;
            expected[i] = MathF.Log(1 + MathF.Exp((values[voxel] * MathF.Exp(finer.DensityScale)) + finer.DensityShift));
            for (int channel = 0; channel < Channels; channel++)
            {
                expected[count + (i * Channels) + channel] = values[((1 + channel) * size * size * size) + voxel];
            }
        }

        float[] actual = new float[expected.Length];
        memory.Evaluate(positions, actual.AsSpan(0, count), actual.AsSpan(count));
        return CudaSelfCheck.Difference(expected, actual);
    }

    private static float Center(int i, int size) => (((i + 0.5f) / size) * 2) - 1;

    /// <summary>A ball of noise, so that the mask hides a part.</summary>
    private static VoxelField MakeField()
    {
        VoxelField field = Empty(GridSize.Cube(Grid));
        field.DensityScale = 0.1f;
        float[] density = TimedScene.Ball(Grid);
        float[] noise = Uniform(0, density.Length);
        field.Voxels.ImportDensity([.. density.Select((value, i) => value + noise[i])]);
        field.Voxels.ImportFeatures(Uniform(1, density.Length * Channels));
        return field;
    }

    private static VoxelField Empty(GridSize grid) => new(grid, AxisAlignedBox.Cube(1), Channels, ColorMode.Raw, -1, Background.Texture(Channels, 4, 4));

    private static float[] Uniform(uint index, int count)
    {
        float[] values = new float[count];
        new RandomKey(9, RandomStream.View, 0, index).FillUniform(values);
        return values;
    }
}

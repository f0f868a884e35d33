using Sjc.Numerics;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering.Cuda;
using Sjc.RadianceField.Rendering.Cuda.Driver;

namespace Sjc.GpuCheck;

/// <summary>What the GPU does to a whole field, against the processor's: alpha mask, values at points, growth.</summary>
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
        double points = Points(memory, expected);
        report.Add("field", "difference of values at points", points, "relative");
        Console.WriteLine($"{"field",-28} mask {(isSame ? "agrees" : "DIFFERS")}, values at points by {points:G2}");
        return isSame & points <= CudaSelfCheck.Tolerance & Growth(ordinal, field, report);
    }

    /// <summary>A grid that grows during a run, with the optimiser's memory and a mask; the processor's resampling has the same formulas, so the same bits are to be expected.</summary>
    private static bool Growth(int ordinal, VoxelField field, CheckReport report)
    {
        field.Mask = AlphaMask.FromField(field);
        AdamaxState state = new(field) { Steps = 4 };
        state.FirstMoment.ImportDensity(Uniform(2, (int)field.Grid.VoxelCount));
        state.FirstMoment.ImportFeatures(Uniform(3, (int)field.Grid.VoxelCount * Channels));
        state.InfinityNorm.ImportDensity(Uniform(4, (int)field.Grid.VoxelCount));
        state.InfinityNorm.ImportFeatures(Uniform(5, (int)field.Grid.VoxelCount * Channels));
        VoxelField expected = FieldResampling.Resample(field, GridSize.Cube((2 * Grid) - 1));
        AdamaxState expectedState = state.Resample(expected);

        using CudaTrainingRenderer renderer = CudaTrainingRenderer.Open(ordinal, field, state, 1, deterministic: true);
        (VoxelField grown, AdamaxState memory) = renderer.Grow(expected.Grid);
        renderer.ReadBack();
        (string Name, double Difference)[] found =
        [
            ("voxels", CudaSelfCheck.Difference(expected.Voxels.ToArray(), grown.Voxels.ToArray())),
            ("first moments", CudaSelfCheck.Difference(expectedState.FirstMoment.ToArray(), memory.FirstMoment.ToArray())),
            ("norms", CudaSelfCheck.Difference(expectedState.InfinityNorm.ToArray(), memory.InfinityNorm.ToArray())),
        ];
        bool isSame = expected.Mask!.Voxels.SequenceEqual(grown.Mask!.Voxels);
        report.Add("grown", "same voxels of the mask", isSame ? 1 : 0, "");
        foreach ((string name, double difference) in found)
        {
            report.Add("grown", $"difference of {name}", difference, "relative");
        }

        Console.WriteLine($"{"grown",-28} mask {(isSame ? "agrees" : "DIFFERS")}, {string.Join(", ", found.Select(part => $"{part.Name} by {part.Difference:G2}"))}");
        return isSame && found.All(part => part.Difference <= CudaSelfCheck.Tolerance);
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

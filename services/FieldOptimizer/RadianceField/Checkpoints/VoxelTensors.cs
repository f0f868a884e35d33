using System.Runtime.InteropServices;
using Sjc.Numerics.Safetensors;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Checkpoints;

/// <summary>Voxel records as two tensors of a file: {prefix}density and {prefix}color, in the reference's layout.</summary>
internal static class VoxelTensors
{
    internal static void Write(SafetensorsWriter writer, string prefix, VoxelRecords voxels)
    {
        GridSize grid = voxels.Grid;
        float[] values = new float[grid.VoxelCount * voxels.Channels];
        Span<float> density = values.AsSpan(0, (int)grid.VoxelCount);
        voxels.ExportDensity(density);
        writer.Add(prefix + "density", density, 1, 1, grid.Z, grid.Y, grid.X);
        voxels.ExportFeatures(values);
        writer.Add(prefix + "color", values, 1, voxels.Channels, grid.Z, grid.Y, grid.X);
    }

    internal static void Read(SafetensorsFile file, string prefix, VoxelRecords voxels)
    {
        voxels.ImportDensity(Floats(file, prefix + "density"));
        voxels.ImportFeatures(Floats(file, prefix + "color"));
    }

    /// <summary>A float32 tensor's values, without a copy.</summary>
    /// <exception cref="InvalidDataException">The tensor is of another type.</exception>
    internal static ReadOnlySpan<float> Floats(SafetensorsFile file, string name) =>
        file.Entry(name).DataType == SafetensorsDataType.F32
            ? MemoryMarshal.Cast<byte, float>(file.Bytes(name))
            : throw new InvalidDataException($"{name}.dtype must be F32, but is {file.Entry(name).DataType}.");
}

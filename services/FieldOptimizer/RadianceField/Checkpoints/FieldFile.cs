using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sjc.Numerics.Safetensors;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Checkpoints;

/// <summary>A voxel field as tensors of a safetensors file.</summary>
/// <remarks>density [1, 1, z, y, x], color [1, c, z, y, x], bg [1, c, h, w] (learnt texture) or background_color [c] (fixed), d_scale []; all F32,
/// with the reference's names; of a pruned field also alpha_mask, U8, eight voxels per byte in the order [z, y, x], the first in the highest bit. Metadata: box (min x y z max x y z), color_mode, density_shift.</remarks>
public static class FieldFile
{
    private const string MaskName = "alpha_mask";

    /// <summary>Adds a field's tensors and metadata.</summary>
    public static void Write(SafetensorsWriter writer, VoxelField field)
    {
        (Vector3 min, Vector3 max) = (field.Box.Min, field.Box.Max);
        writer
            .Metadata("box", string.Join(' ', new[] { min.X, min.Y, min.Z, max.X, max.Y, max.Z }.Select(value => value.ToString("R", CultureInfo.InvariantCulture))))
            .Metadata("color_mode", field.ColorMode.ToString())
            .Metadata("density_shift", field.DensityShift.ToString("R", CultureInfo.InvariantCulture));
        VoxelTensors.Write(writer, "", field.Voxels);
        Background background = field.Background;
        if (background.IsTexture)
        {
            writer.Add("bg", background.Values, 1, background.Channels, background.Height, background.Width);
        }
        else
        {
            writer.Add("background_color", background.Values, background.Channels);
        }

        writer.Add("d_scale", [field.DensityScale]);
        if (field.Mask?.Pack() is { } packed)
        {
            writer.Add(MaskName, SafetensorsDataType.U8, packed, packed.Length);
        }
    }

    /// <summary>Reads a field.</summary>
    /// <exception cref="InvalidDataException">A tensor or metadata string is missing or does not fit the others.</exception>
    public static VoxelField Read(SafetensorsFile file)
    {
        try
        {
            float[] box = [.. Text(file, "box").Split(' ').Select(text => float.Parse(text, CultureInfo.InvariantCulture))];
            IReadOnlyList<long> shape = file.Entry("color").Shape;
            GridSize grid = new((int)shape[4], (int)shape[3], (int)shape[2]);
            VoxelField field = new(
                grid,
                new AxisAlignedBox(new Vector3(box.AsSpan(0, 3)), new Vector3(box.AsSpan(3, 3))),
                (int)shape[1],
                Enum.Parse<ColorMode>(Text(file, "color_mode")),
                float.Parse(Text(file, "density_shift"), CultureInfo.InvariantCulture),
                ReadBackground(file))
            {
                DensityScale = VoxelTensors.Floats(file, "d_scale")[0],
            };
            VoxelTensors.Read(file, "", field.Voxels);
            field.Mask = file.Contains(MaskName) ? ReadMask(file, field) : null;
            return field;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"The file must hold a voxel field, but does not: {exception.Message}", exception);
        }
    }

    /// <summary>SHA-256, lower-case hex, over the little-endian bytes of density, colour, background and density scale, and of a pruned field the packed mask.</summary>
    public static string Sha256(VoxelField field)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        float[] values = new float[field.Grid.VoxelCount * field.Channels];
        Span<float> density = values.AsSpan(0, (int)field.Grid.VoxelCount);
        field.Voxels.ExportDensity(density);
        hash.AppendData(MemoryMarshal.AsBytes(density));
        field.Voxels.ExportFeatures(values);
        hash.AppendData(MemoryMarshal.AsBytes(values.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(field.Background.Values));
        hash.AppendData(MemoryMarshal.AsBytes<float>([field.DensityScale]));
        hash.AppendData(field.Mask?.Pack() ?? []);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static AlphaMask ReadMask(SafetensorsFile file, VoxelField field) => file.Entry(MaskName).DataType == SafetensorsDataType.U8
        ? AlphaMask.FromPacked(field.Grid, field.Box, file.Bytes(MaskName))
        : throw new InvalidDataException($"{MaskName}.dtype must be U8, but is {file.Entry(MaskName).DataType}.");

    private static Background ReadBackground(SafetensorsFile file)
    {
        if (!file.Contains("bg"))
        {
            return Background.Fixed(VoxelTensors.Floats(file, "background_color"));
        }

        IReadOnlyList<long> shape = file.Entry("bg").Shape;
        Background texture = Background.Texture((int)shape[1], (int)shape[2], (int)shape[3]);
        VoxelTensors.Floats(file, "bg").CopyTo(texture.Values);
        return texture;
    }

    private static string Text(SafetensorsFile file, string key) =>
        file.Metadata.TryGetValue(key, out string? text) ? text : throw new KeyNotFoundException($"the metadata string {key} is missing.");
}

using Sjc.Numerics;
using Sjc.Numerics.Safetensors;
using Sjc.RadianceField.Checkpoints;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Tests.Checkpoints;

public sealed class FieldFileTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_WrittenField_IsTheSame(bool texture)
    {
        VoxelField field = RandomField(texture ? Background.Texture(3, 4, 5) : Background.Fixed([-1, 0.5f, 1]));

        VoxelField read = FieldFile.Read(Written(field));

        Assert.Equal(FieldFile.Sha256(field), FieldFile.Sha256(read));
        Assert.Equal((field.Grid, field.Box, field.ColorMode, field.DensityShift), (read.Grid, read.Box, read.ColorMode, read.DensityShift));
        Assert.Equal(field.Background.Values, read.Background.Values);
        Assert.Equal(texture, read.Background.IsTexture);
    }

    [Fact]
    public void Sha256_AnyTensorChanged_Differs()
    {
        string original = FieldFile.Sha256(RandomField(Background.Texture(3, 4, 5)));

        VoxelField scaled = RandomField(Background.Texture(3, 4, 5));
        scaled.DensityScale += 1e-6f;
        VoxelField other = RandomField(Background.Texture(3, 4, 5));
        other.Background.Values[^1] = 1;

        Assert.Equal(original, FieldFile.Sha256(RandomField(Background.Texture(3, 4, 5))));
        Assert.NotEqual(original, FieldFile.Sha256(scaled));
        Assert.NotEqual(original, FieldFile.Sha256(other));
    }

    [Fact]
    public void Read_PrunedField_HasItsMask()
    {
        VoxelField field = RandomField(Background.Texture(3, 4, 5));
        string whole = FieldFile.Sha256(field);
        field.Mask = AlphaMask.FromField(field, 0.6f);

        VoxelField read = FieldFile.Read(Written(field));

        Assert.InRange(field.Mask.VisibleCount, 1, 59);
        Assert.Equal(field.Mask.Voxels, read.Mask!.Voxels);
        Assert.Equal(FieldFile.Sha256(field), FieldFile.Sha256(read));
        Assert.NotEqual(whole, FieldFile.Sha256(field));
        Assert.Null(FieldFile.Read(Written(RandomField(Background.Texture(3, 4, 5)))).Mask);
    }

    [Theory]
    [InlineData(7, SafetensorsDataType.U8)]
    [InlineData(8, SafetensorsDataType.I8)]
    public void Read_MaskThatDoesNotFit_Throws(int bytes, SafetensorsDataType type)
    {
        using MemoryStream stream = new();
        SafetensorsWriter writer = new();
        FieldFile.Write(writer, RandomField(Background.Texture(3, 4, 5)));
        writer.Add("alpha_mask", type, new byte[bytes], bytes).Write(stream);
        stream.Position = 0;

        Assert.Throws<InvalidDataException>(() => FieldFile.Read(SafetensorsFile.Read(stream)));
    }

    [Fact]
    public void Read_WrongShapes_Throws()
    {
        using MemoryStream stream = new();
        new SafetensorsWriter()
            .Metadata("box", "-1 -1 -1 1 1 1").Metadata("color_mode", "Raw").Metadata("density_shift", "0")
            .Add("density", new float[7], 1, 1, 1, 1, 7).Add("color", new float[8], 1, 1, 2, 2, 2).Add("background_color", [0f], 1).Add("d_scale", [0f])
            .Write(stream);
        stream.Position = 0;

        Assert.Throws<InvalidDataException>(() => FieldFile.Read(SafetensorsFile.Read(stream)));
    }

    private static SafetensorsFile Written(VoxelField field)
    {
        using MemoryStream stream = new();
        SafetensorsWriter writer = new();
        FieldFile.Write(writer, field);
        writer.Write(stream);
        stream.Position = 0;
        return SafetensorsFile.Read(stream);
    }

    private static VoxelField RandomField(Background background)
    {
        GridSize grid = new(3, 4, 5);
        VoxelField field = new(grid, new AxisAlignedBox(new(-1, -2, -3), new(0.1f, 2, 3)), 3, ColorMode.Sigmoid, -0.7f, background) { DensityScale = 0.25f };
        float[] values = new float[grid.VoxelCount * 3];
        new RandomKey(1, RandomStream.Pictures).FillNormal(values);
        field.Voxels.ImportFeatures(values);
        field.Voxels.ImportDensity(values.AsSpan(0, (int)grid.VoxelCount));
        return field;
    }
}

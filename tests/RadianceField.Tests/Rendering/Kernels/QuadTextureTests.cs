using System.Runtime.Intrinsics;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering.Kernels;

namespace Sjc.RadianceField.Tests.Rendering.Kernels;

public sealed class QuadTextureTests
{
    private const int Channels = 4;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 4)]
    [InlineData(3, 7)]
    public void Sample_AnyDirection_HasTheBitsOfPlanes(int height, int width)
    {
        VoxelField field = Field(height, width);
        QuadTexture quads = new();
        quads.Load(field.Background);
        float[] expected = new float[Channels];
        foreach ((float u, float v) in Coordinates())
        {
            BackgroundSampling.Forward(field.Background, ColorMode.Raw, u, v, expected);
            Assert.Equal(Vector128.Create(expected), quads.Sample(u, v));
        }

        GC.KeepAlive(quads);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 4)]
    [InlineData(3, 7)]
    public void Add_AnyDirections_SumsUpTheBitsOfPlanes(int height, int width)
    {
        VoxelField field = Field(height, width);
        QuadTexture quads = new();
        quads.Load(field.Background);
        quads.ClearGradient();
        double[] expected = new double[field.Background.Values.Length];
        float[] gradients = TestScene.Uniform(31, Coordinates().Count() * Channels, -1, 1);
        foreach ((int i, (float u, float v)) in Coordinates().Index())
        {
            ReadOnlySpan<float> gradient = gradients.AsSpan(i * Channels, Channels);
            BackgroundSampling.Adjoint(field.Background, ColorMode.Raw, u, v, gradient, gradient, 0.7f, expected);
            quads.Add(u, v, Vector128.Create(gradient) * 0.7f);
        }

        double[] actual = new double[expected.Length];
        quads.CopyGradient(actual);
        GC.KeepAlive(quads);
        Assert.Contains(expected, value => value != 0);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Fits_ActivationOrOtherChannelsOrFixedColorOrManyTexels_IsFalse()
    {
        Assert.True(QuadTexture.Fits(Field(32, 32)));
        Assert.False(QuadTexture.Fits(Field(32, 33)));
        Assert.False(QuadTexture.Fits(Field(Channels, ColorMode.Sigmoid, Background.Texture(Channels, 4, 4))));
        Assert.False(QuadTexture.Fits(Field(3, ColorMode.Raw, Background.Texture(3, 4, 4))));
        Assert.False(QuadTexture.Fits(Field(Channels, ColorMode.Raw, Background.Fixed(new float[Channels]))));
    }

    private static VoxelField Field(int height, int width)
    {
        VoxelField field = Field(Channels, ColorMode.Raw, Background.Texture(Channels, height, width));
        TestScene.Uniform(30, field.Background.Values.Length, -1, 1).CopyTo(field.Background.Values);
        return field;
    }

    private static VoxelField Field(int channels, ColorMode mode, Background background) =>
        new(new GridSize(2, 2, 2), AxisAlignedBox.Cube(1), channels, mode, 0, background);

    /// <summary>Some anywhere, and the ends of the map.</summary>
    private static IEnumerable<(float U, float V)> Coordinates()
    {
        float[] values = TestScene.Uniform(32, 200, -1, 1);
        return values[..100].Zip(values[100..]).Concat([(-1, -1), (1, 1), (-1, 1), (0, 0), (1, -0.5f)]);
    }
}

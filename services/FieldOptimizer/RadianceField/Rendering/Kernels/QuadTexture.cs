using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>A small texture of four channels whose colours are its features: as <see cref="BackgroundSampling"/>, with the same bits, but all channels
/// of a texel lie side by side, within a border of zeros.</summary>
internal sealed unsafe class QuadTexture
{
    private const int Channels = 4;

    /// <summary>Texels of the border on both sides together: a coordinate is in [−1, extent], and its neighbour one further.</summary>
    private const int Border = 3;

    /// <summary>Larger textures would take longer to copy than a view gains.</summary>
    private const int MostTexels = 1024;

    private NativeBuffer<float> texels = NativeBuffer<float>.Empty;
    private NativeBuffer<double> gradient = NativeBuffer<double>.Empty;
    private int height;
    private int width;

    /// <summary>Whether a field's background can be taken over.</summary>
    public static bool Fits(VoxelField field) =>
        field.Background is { IsTexture: true, Channels: Channels } background && field.ColorMode == ColorMode.Raw && background.Height * background.Width <= MostTexels;

    private int Pitch => (width + Border) * Channels;

    /// <summary>Takes over a texture.</summary>
    public void Load(Background background)
    {
        (height, width) = (background.Height, background.Width);
        texels = texels.AtLeast((height + Border) * Pitch);
        texels.Clear();
        ReadOnlySpan<float> values = background.Values;
        for (int row = 0, from = 0; row < height; row++)
        {
            float* to = texels.Pointer + Place(row, 0);
            for (int column = 0; column < width; column++, from++, to += Channels)
            {
                for (int channel = 0; channel < Channels; channel++)
                {
                    to[channel] = values[(channel * height * width) + from];
                }
            }
        }
    }

    /// <summary>The texture at (u, v).</summary>
    public Vector128<float> Sample(float u, float v)
    {
        (int place, float x, float y) = Locate(u, v);
        float* texel = texels.Pointer + place;
        Vector128<float> upper = (Vector128.Load(texel) * ((1 - x) * (1 - y))) + (Vector128.Load(texel + Channels) * (x * (1 - y)));
        texel += Pitch;
        return upper + (Vector128.Load(texel) * ((1 - x) * y)) + (Vector128.Load(texel + Channels) * (x * y));
    }

    /// <summary>Begins the gradient of the texture taken over last.</summary>
    public void ClearGradient()
    {
        gradient = gradient.AtLeast((height + Border) * Pitch);
        gradient.Clear();
    }

    /// <summary>Adds ∂L/∂texture of one ray.</summary>
    /// <param name="u">As sampled.</param>
    /// <param name="v">As sampled.</param>
    /// <param name="value">∂L/∂colour times the background's share.</param>
    public void Add(float u, float v, Vector128<float> value)
    {
        (int place, float x, float y) = Locate(u, v);
        double* texel = gradient.Pointer + place;
        Add(texel, value * ((1 - x) * (1 - y)));
        Add(texel + Channels, value * (x * (1 - y)));
        texel += Pitch;
        Add(texel, value * ((1 - x) * y));
        Add(texel + Channels, value * (x * y));
    }

    /// <summary>Gives the gradient, [c, height, width].</summary>
    public void CopyGradient(Span<double> values)
    {
        for (int row = 0, to = 0; row < height; row++)
        {
            double* from = gradient.Pointer + Place(row, 0);
            for (int column = 0; column < width; column++, to++, from += Channels)
            {
                for (int channel = 0; channel < Channels; channel++)
                {
                    values[(channel * height * width) + to] = from[channel];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(double* texel, Vector128<float> value)
    {
        (Vector128<double> low, Vector128<double> high) = Vector128.Widen(value);
        (Vector128.Load(texel) + low).Store(texel);
        (Vector128.Load(texel + 2) + high).Store(texel + 2);
    }

    private int Place(int row, int column) => ((row + 1) * Pitch) + ((column + 1) * Channels);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (int Place, float X, float Y) Locate(float u, float v)
    {
        (int column, float x) = BackgroundSampling.Position(u, width);
        (int row, float y) = BackgroundSampling.Position(v, height);
        return (Place(row, column), x, y);
    }
}

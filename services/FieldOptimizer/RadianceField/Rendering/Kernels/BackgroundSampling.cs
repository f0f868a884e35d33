using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>The background's colour in a direction, and its adjoint.</summary>
/// <remarks>A texture is sampled like the grid: bilinear between texel centres, zeros outside, then the colour activation.</remarks>
internal static class BackgroundSampling
{
    /// <summary>The colour in the direction that <see cref="SphericalMap"/> takes to (u, v), [c].</summary>
    public static void Forward(Background background, ColorMode mode, float u, float v, Span<float> color)
    {
        if (!background.IsTexture)
        {
            background.Values.CopyTo(color);
            return;
        }

        Sample(background, u, v, color);
        for (int channel = 0; channel < color.Length; channel++)
        {
            color[channel] = Activate(mode, color[channel]);
        }
    }

    /// <summary>Adds ∂L/∂texture of one ray.</summary>
    /// <param name="background">A texture.</param>
    /// <param name="mode">The colour activation.</param>
    /// <param name="u">Of the ray's direction, along the width.</param>
    /// <param name="v">Along the height.</param>
    /// <param name="color">From <see cref="Forward"/>, [c].</param>
    /// <param name="colorGrad">∂L/∂colour, [c].</param>
    /// <param name="share">What of the ray's light comes from the background.</param>
    /// <param name="textureGrad">Added to, [c, height, width].</param>
    public static void Adjoint(Background background, ColorMode mode, float u, float v, ReadOnlySpan<float> color, ReadOnlySpan<float> colorGrad, float share, Span<double> textureGrad)
    {
        Span<float> featureGrad = stackalloc float[16];
        for (int first = 0; first < color.Length; first += featureGrad.Length)
        {
            int channels = Math.Min(featureGrad.Length, color.Length - first);
            for (int i = 0; i < channels; i++)
            {
                featureGrad[i] = share * colorGrad[first + i] * ActivationSlope(mode, color[first + i]);
            }

            SampleAdjoint(background.Height, background.Width, u, v, featureGrad[..channels], textureGrad[(first * background.Height * background.Width)..]);
        }
    }

    /// <summary>Texture features at (u, v) in [−1, 1], [c].</summary>
    public static void Sample(Background background, float u, float v, Span<float> features)
    {
        Span<float> texels = background.Values;
        int area = background.Height * background.Width;
        features.Clear();
        for (int corner = 0; corner < 4; corner++)
        {
            if (TryCorner(background.Height, background.Width, u, v, corner, out int texel, out float weight))
            {
                for (int channel = 0; channel < features.Length; channel++)
                {
                    features[channel] += weight * texels[(channel * area) + texel];
                }
            }
        }
    }

    /// <summary>The adjoint of <see cref="Sample"/>; adds to <paramref name="textureGrad"/>.</summary>
    public static void SampleAdjoint(int height, int width, float u, float v, ReadOnlySpan<float> featureGrad, Span<double> textureGrad)
    {
        (int column, float columnFraction) = Position(u, width);
        (int row, float rowFraction) = Position(v, height);
        for (int corner = 0; corner < 4; corner++)
        {
            (int x, int y) = (column + (corner & 1), row + (corner >> 1));
            if ((uint)x >= (uint)width || (uint)y >= (uint)height)
            {
                continue;
            }

            float weight = ((corner & 1) == 0 ? 1 - columnFraction : columnFraction) * ((corner >> 1) == 0 ? 1 - rowFraction : rowFraction);
            for (int channel = 0, texel = (y * width) + x; channel < featureGrad.Length; channel++, texel += height * width)
            {
                textureGrad[texel] += weight * featureGrad[channel];
            }
        }
    }

    private static bool TryCorner(int height, int width, float u, float v, int corner, out int texel, out float weight)
    {
        (int column, float columnWeight) = Corner(u, width, corner & 1);
        (int row, float rowWeight) = Corner(v, height, corner >> 1);
        texel = (row * width) + column;
        weight = columnWeight * rowWeight;
        return (uint)column < (uint)width && (uint)row < (uint)height;
    }

    private static (int Index, float Weight) Corner(float coordinate, int extent, int side)
    {
        (int index, float fraction) = Position(coordinate, extent);
        return (index + side, side == 0 ? 1 - fraction : fraction);
    }

    /// <summary>The texel before a coordinate in [−1, 1], which may be outside, and what part of the way to the next it lies.</summary>
    private static (int Index, float Fraction) Position(float coordinate, int extent)
    {
        float position = Math.Clamp((((coordinate + 1) * extent) - 1) / 2, -1, extent);
        int index = (int)MathF.Floor(position);
        return (index, position - index);
    }

    private static float Activate(ColorMode mode, float feature) => mode switch
    {
        ColorMode.Raw => feature,
        ColorMode.SigmoidCentered => (2 / (1 + MathF.Exp(-feature))) - 1,
        _ => 1 / (1 + MathF.Exp(-feature)),
    };

    /// <summary>∂colour/∂feature, from the colour.</summary>
    private static float ActivationSlope(ColorMode mode, float color) => mode switch
    {
        ColorMode.Raw => 1,
        ColorMode.SigmoidCentered => (1 - (color * color)) / 2,
        _ => color * (1 - color),
    };
}

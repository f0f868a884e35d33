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
        (int height, int width) = (background.Height, background.Width);
        (int column, float x) = Position(u, width);
        (int row, float y) = Position(v, height);
        int texel = (row * width) + column;
        ReadOnlySpan<float> texels = background.Values;
        if (IsWithin(column, width) && IsWithin(row, height))
        {
            for (int channel = 0; channel < features.Length; channel++, texel += height * width)
            {
                (float upperLeft, float upperRight) = (texels[texel], texels[texel + 1]);
                (float lowerLeft, float lowerRight) = (texels[texel + width], texels[texel + width + 1]);
                features[channel] = ((1 - x) * (1 - y) * upperLeft) + (x * (1 - y) * upperRight) + ((1 - x) * y * lowerLeft) + (x * y * lowerRight);
            }

            return;
        }

        features.Clear();
        for (int corner = 0; corner < 4; corner++)
        {
            if (IsTexel(column + (corner & 1), width) && IsTexel(row + (corner >> 1), height))
            {
                float weight = Share(x, corner & 1) * Share(y, corner >> 1);
                for (int channel = 0, at = texel + (corner & 1) + ((corner >> 1) * width); channel < features.Length; channel++, at += height * width)
                {
                    features[channel] += weight * texels[at];
                }
            }
        }
    }

    /// <summary>The adjoint of <see cref="Sample"/>; adds to <paramref name="textureGrad"/>.</summary>
    public static void SampleAdjoint(int height, int width, float u, float v, ReadOnlySpan<float> featureGrad, Span<double> textureGrad)
    {
        (int column, float x) = Position(u, width);
        (int row, float y) = Position(v, height);
        int texel = (row * width) + column;
        if (IsWithin(column, width) && IsWithin(row, height))
        {
            for (int channel = 0; channel < featureGrad.Length; channel++, texel += height * width)
            {
                float gradient = featureGrad[channel];
                textureGrad[texel] += (1 - x) * (1 - y) * gradient;
                textureGrad[texel + 1] += x * (1 - y) * gradient;
                textureGrad[texel + width] += (1 - x) * y * gradient;
                textureGrad[texel + width + 1] += x * y * gradient;
            }

            return;
        }

        for (int corner = 0; corner < 4; corner++)
        {
            if (IsTexel(column + (corner & 1), width) && IsTexel(row + (corner >> 1), height))
            {
                float weight = Share(x, corner & 1) * Share(y, corner >> 1);
                for (int channel = 0, at = texel + (corner & 1) + ((corner >> 1) * width); channel < featureGrad.Length; channel++, at += height * width)
                {
                    textureGrad[at] += weight * featureGrad[channel];
                }
            }
        }
    }

    private static bool IsTexel(int index, int extent) => (uint)index < (uint)extent;

    /// <summary>Whether both texels beside a position are.</summary>
    private static bool IsWithin(int index, int extent) => (uint)index < (uint)(extent - 1);

    private static float Share(float fraction, int side) => side == 0 ? 1 - fraction : fraction;

    /// <summary>The texel before a coordinate in [−1, 1], which may be outside, and what part of the way to the next it lies.</summary>
    internal static (int Index, float Fraction) Position(float coordinate, int extent)
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

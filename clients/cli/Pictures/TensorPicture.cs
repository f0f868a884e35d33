using SkiaSharp;

namespace Sjc.Cli.Pictures;

/// <summary>Images of a tensor as pictures.</summary>
internal static class TensorPicture
{
    /// <summary>One bitmap an image.</summary>
    /// <param name="values">[n, 3, h, w], row-major.</param>
    /// <param name="shape">n, 3, h, w.</param>
    /// <param name="low">The value of black; what lies below is black too.</param>
    /// <param name="high">The value of white; what lies above is white too.</param>
    /// <exception cref="ArgumentException">The shape is another one.</exception>
    public static SKBitmap[] Decode(ReadOnlySpan<float> values, ReadOnlySpan<int> shape, float low, float high)
    {
        if (shape.Length != 4 || shape[1] != 3 || values.Length != shape[0] * 3 * shape[2] * shape[3])
        {
            throw new ArgumentException($"{nameof(shape)} must be [n, 3, h, w] of {values.Length} values, but is [{string.Join(", ", shape.ToArray())}].", nameof(shape));
        }

        (int height, int width) = (shape[2], shape[3]);
        int plane = height * width;
        SKBitmap[] bitmaps = new SKBitmap[shape[0]];
        for (int image = 0; image < bitmaps.Length; image++)
        {
            ReadOnlySpan<float> channels = values.Slice(image * 3 * plane, 3 * plane);
            SKColor[] pixels = new SKColor[plane];
            for (int i = 0; i < plane; i++)
            {
                pixels[i] = new SKColor(Level(channels[i]), Level(channels[plane + i]), Level(channels[(2 * plane) + i]));
            }

            bitmaps[image] = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque) { Pixels = pixels };
        }

        return bitmaps;

        byte Level(float value) => (byte)Math.Clamp(MathF.Round((value - low) / (high - low) * 255), 0, 255);
    }
}

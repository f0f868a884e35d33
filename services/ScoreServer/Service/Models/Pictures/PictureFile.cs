using SkiaSharp;

namespace Sjc.ScoreServer.Models.Pictures;

/// <summary>A picture file as a model sees it.</summary>
internal static class PictureFile
{
    private static readonly SKSamplingOptions Sampling = new(SKFilterMode.Linear, SKMipmapMode.Linear);

    /// <summary>The middle square of a picture, on white where it is transparent, brought to a size.</summary>
    /// <returns>[3, size, size], values in [−1, 1].</returns>
    /// <exception cref="InvalidDataException">The file is no picture that can be read.</exception>
    public static float[] Read(string path, int size)
    {
        using SKBitmap picture = SKBitmap.Decode(path) ?? throw new InvalidDataException($"{path} must be a PNG, JPEG or WebP picture, but cannot be decoded.");
        using SKBitmap square = new(new SKImageInfo(size, size, SKColorType.Rgba8888, SKAlphaType.Premul));
        using (SKCanvas canvas = new(square))
        using (SKImage image = SKImage.FromBitmap(picture))
        {
            int side = Math.Min(picture.Width, picture.Height);
            SKRect middle = SKRect.Create((picture.Width - side) / 2f, (picture.Height - side) / 2f, side, side);
            canvas.Clear(SKColors.White);
            canvas.DrawImage(image, middle, SKRect.Create(size, size), Sampling);
        }

        ReadOnlySpan<byte> pixels = square.GetPixelSpan();
        float[] values = new float[3 * size * size];
        for (int pixel = 0; pixel < size * size; pixel++)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                values[(channel * size * size) + pixel] = (pixels[(4 * pixel) + channel] / 127.5f) - 1;
            }
        }

        return values;
    }
}

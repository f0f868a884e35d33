using Sjc.Diffusion.Sampling;
using SkiaSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Training;

/// <summary>Pictures side by side as a PNG: what a model draws for some prompts.</summary>
public static class SampleSheet
{
    private const int Magnification = 3;
    private const int Gap = 2;

    /// <summary>Draws one sample for each prompt by Heun's method on σ from 20 to 0.05 (Karras et al. 2022, algorithm 1, ρ = 7).</summary>
    /// <param name="denoiser">A pixel model.</param>
    /// <param name="prompts">One picture each.</param>
    /// <param name="steps">Noise levels.</param>
    /// <param name="seed">Of the start noise.</param>
    /// <returns>[3, h, w] in [−1, 1] for each prompt.</returns>
    public static IReadOnlyList<float[]> Draw(IDenoiser denoiser, IReadOnlyList<string> prompts, int steps, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        DataShape shape = denoiser.Description.DataShape;
        Condition[] conditions = [.. prompts.Select(prompt => denoiser.EncodePrompt(prompt).Condition)];
        ImageSamplerOptions options = new() { Steps = steps, Count = prompts.Count, Seed = seed, SigmaMax = 20, SigmaMin = 0.05 };
        double[] samples = ImageSampler.Sample((noisy, sigma, denoised) => Denoise(denoiser, conditions, noisy, sigma, denoised), shape, options);
        return [.. samples.Chunk(shape.ElementCount).Select(sample => Array.ConvertAll(sample, value => (float)value))];
    }

    /// <summary>Writes rows of pictures.</summary>
    /// <param name="rows">Pictures [3, h, w] in [−1, 1], all of one size.</param>
    /// <param name="height">Of a picture.</param>
    /// <param name="width">Of a picture.</param>
    /// <param name="path">The PNG.</param>
    public static void Write(IReadOnlyList<IReadOnlyList<float[]>> rows, int height, int width, string path)
    {
        ArgumentNullException.ThrowIfNull(rows);
        int columns = rows.Max(row => row.Count);
        using SKBitmap bitmap = new(columns * ((width * Magnification) + Gap), rows.Count * ((height * Magnification) + Gap), SKColorType.Rgba8888, SKAlphaType.Opaque);
        bitmap.Erase(SKColors.White);
        for (int row = 0; row < rows.Count; row++)
        {
            for (int column = 0; column < rows[row].Count; column++)
            {
                Paint(bitmap, rows[row][column], height, width, row, column);
            }
        }

        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        using FileStream stream = File.Create(path);
        png.SaveTo(stream);
    }

    private static void Denoise(IDenoiser denoiser, Condition[] conditions, ReadOnlySpan<double> noisy, double sigma, Span<double> denoised)
    {
        using DisposeScope scope = NewDisposeScope();
        DenoiserDescription description = denoiser.Description;
        (int channels, int height, int width) = description.DataShape;
        Tensor x = tensor(noisy.ToArray()).view(conditions.Length, channels, height, width).to(description.ComputeType).to(device(description.Device));
        double[] sigmas = new double[conditions.Length];
        sigmas.AsSpan().Fill(sigma);
        denoiser.Denoise(x, sigmas, conditions).cpu().to(ScalarType.Float64).contiguous().data<double>().CopyTo(denoised);
    }

    private static void Paint(SKBitmap bitmap, float[] picture, int height, int width, int row, int column)
    {
        int plane = height * width;
        byte Level(float value) => (byte)Math.Clamp((int)MathF.Round((value + 1) * 127.5f), 0, 255);
        for (int y = 0; y < height * Magnification; y++)
        {
            for (int x = 0; x < width * Magnification; x++)
            {
                int pixel = (y / Magnification * width) + (x / Magnification);
                SKColor colour = new(Level(picture[pixel]), Level(picture[plane + pixel]), Level(picture[(2 * plane) + pixel]));
                bitmap.SetPixel((column * ((width * Magnification) + Gap)) + x, (row * ((height * Magnification) + Gap)) + y, colour);
            }
        }
    }
}

using Sjc.Numerics.Resize;

namespace Sjc.FieldOptimizer.Export;

/// <summary>Colours of latents, value by value: red, green and blue in [−1, 1] as affine functions of the channels. A rough stand-in for the autoencoder, that needs
/// no scorer and colours single points.</summary>
/// <param name="channels">Of the latents.</param>
/// <param name="weights">[3, channels + 1]: for each colour one weight a channel, then the constant.</param>
internal sealed class LatentColors(int channels, float[] weights)
{
    private const int Colors = 3;

    /// <summary>Part of the mean square of a channel that is added to the normal equations: channels that hardly vary get no great weights.</summary>
    private const double Ridge = 1e-3;

    // discuss.huggingface.co, "Decoding latents to RGB without upscaling"; columns red, green, blue.
    private static readonly float[] StableDiffusionTable =
    [
        0.298f, 0.207f, 0.208f,
        0.187f, 0.286f, 0.173f,
        -0.158f, 0.189f, 0.264f,
        -0.184f, -0.271f, -0.473f,
    ];

    /// <summary>Without a decoder: the table of Stable Diffusion 1's autoencoder for four channels; of others the first three, or the one, as they are.</summary>
    public static LatentColors Default(int channels)
    {
        float[] weights = new float[Colors * (channels + 1)];
        for (int color = 0; color < Colors; color++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                bool isOwn = channel == Math.Min(color, channels - 1);
                weights[(color * (channels + 1)) + channel] = channels == 4 ? StableDiffusionTable[(Colors * channel) + color] : isOwn ? 1 : 0;
            }
        }

        return new LatentColors(channels, weights);
    }

    /// <summary>Least squares over decoded pictures, each averaged to its latents' size.</summary>
    /// <param name="channels">Of the latents.</param>
    /// <param name="pairs">Latents [channels, h, w] and what they were decoded to, [3, height, width].</param>
    public static LatentColors Fit(int channels, IEnumerable<(float[] Latents, (int Height, int Width) Size, float[] Pixels, (int Height, int Width) PixelSize)> pairs)
    {
        int terms = channels + 1;
        double[,] normal = new double[terms, terms];
        double[,] right = new double[terms, Colors];
        double[] row = new double[terms];
        foreach ((float[] latents, (int Height, int Width) size, float[] pixels, (int Height, int Width) pixelSize) in pairs)
        {
            int plane = size.Height * size.Width;
            float[] small = new float[Colors * plane];
            new BilinearResize(pixelSize, size, antialias: true).Forward(pixels, small);
            for (int i = 0; i < plane; i++)
            {
                for (int term = 0; term < terms; term++)
                {
                    row[term] = term < channels ? latents[(term * plane) + i] : 1;
                }

                Accumulate(row, small, plane, i, normal, right);
            }
        }

        for (int term = 0; term < terms; term++)
        {
            normal[term, term] = (normal[term, term] * (1 + Ridge)) + 1e-9;
        }

        double[,] solution = Solve(normal, right);
        return new LatentColors(channels, [.. Enumerable.Range(0, Colors * terms).Select(i => (float)solution[i % terms, i / terms])]);
    }

    /// <summary>Colours of an image.</summary>
    /// <param name="latents">[channels, pixels].</param>
    /// <returns>[3, pixels], not clamped.</returns>
    public float[] OfImage(ReadOnlySpan<float> latents)
    {
        int pixels = latents.Length / channels;
        float[] colors = new float[Colors * pixels];
        for (int i = 0; i < colors.Length; i++)
        {
            int weight = i / pixels * (channels + 1);
            float value = weights[weight + channels];
            for (int channel = 0; channel < channels; channel++)
            {
                value += weights[weight + channel] * latents[(channel * pixels) + (i % pixels)];
            }

            colors[i] = value;
        }

        return colors;
    }

    /// <summary>Colours of points.</summary>
    /// <param name="latents">[points, channels].</param>
    /// <returns>[points, 3], not clamped.</returns>
    public float[] OfPoints(ReadOnlySpan<float> latents)
    {
        float[] colors = new float[latents.Length / channels * Colors];
        for (int point = 0; point < colors.Length / Colors; point++)
        {
            OfImage(latents.Slice(point * channels, channels)).CopyTo(colors, point * Colors);
        }

        return colors;
    }

    private static void Accumulate(double[] row, float[] colors, int plane, int pixel, double[,] normal, double[,] right)
    {
        for (int a = 0; a < row.Length; a++)
        {
            for (int b = 0; b < row.Length; b++)
            {
                normal[a, b] += row[a] * row[b];
            }

            for (int color = 0; color < Colors; color++)
            {
                right[a, color] += row[a] * colors[(color * plane) + pixel];
            }
        }
    }

    /// <summary>Gauss–Jordan elimination; the matrix is positive definite, so no pivot is 0.</summary>
    private static double[,] Solve(double[,] matrix, double[,] right)
    {
        int size = matrix.GetLength(0);
        for (int pivot = 0; pivot < size; pivot++)
        {
            for (int row = 0; row < size; row++)
            {
                double factor = row == pivot ? 0 : matrix[row, pivot] / matrix[pivot, pivot];
                for (int column = pivot; column < size && factor != 0; column++)
                {
                    matrix[row, column] -= factor * matrix[pivot, column];
                }

                for (int color = 0; color < Colors && factor != 0; color++)
                {
                    right[row, color] -= factor * right[pivot, color];
                }
            }
        }

        for (int row = 0; row < size; row++)
        {
            for (int color = 0; color < Colors; color++)
            {
                right[row, color] /= matrix[row, row];
            }
        }

        return right;
    }
}

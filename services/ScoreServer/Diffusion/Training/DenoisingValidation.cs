using Sjc.Diffusion.Networks;
using Sjc.Diffusion.Shapes;
using Sjc.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Training;

/// <summary>Mean squared error of a denoiser on pictures that it was not trained on.</summary>
public sealed class DenoisingValidation
{
    private const ulong HeldOutSeed = 0x5EED_0F_7E57;
    private const int BatchSize = 32;
    private readonly ShapePictures pictures;

    /// <summary>Renders held-out pictures of the catalogue.</summary>
    /// <param name="count">Pictures.</param>
    /// <param name="size">Pixels across and down.</param>
    /// <param name="threads">That render.</param>
    public DenoisingValidation(int count, int size, int threads) =>
        pictures = new ShapePictures(ShapeCatalogue.Objects, count, size, HeldOutSeed, threads);

    /// <summary>The noise levels at which models are compared.</summary>
    public static IReadOnlyList<double> Sigmas { get; } = [0.2, 0.5, 1, 2, 3, 5];

    /// <summary>Mean over pictures and values of (D(y + σn; σ, caption) − y)².</summary>
    /// <param name="denoiser">Takes the captions as prompts.</param>
    /// <param name="sigma">The noise level.</param>
    public double MeanSquaredError(IDenoiser denoiser, double sigma)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        double sum = 0;
        for (int start = 0; start < pictures.Count; start += BatchSize)
        {
            sum += SumOfSquares(denoiser, sigma, start, Math.Min(BatchSize, pictures.Count - start));
        }

        return sum / ((double)pictures.Count * pictures.ElementCount);
    }

    private double SumOfSquares(IDenoiser denoiser, double sigma, int start, int rows)
    {
        using DisposeScope scope = NewDisposeScope();
        int elements = pictures.ElementCount;
        float[] clean = new float[rows * elements];
        float[] noise = new float[rows * elements];
        Condition[] conditions = new Condition[rows];
        for (int row = 0; row < rows; row++)
        {
            pictures.CopyTo(start + row, clean.AsSpan(row * elements, elements));
            new RandomKey(HeldOutSeed, RandomStream.Training, (uint)(start + row)).FillNormal(noise.AsSpan(row * elements, elements));
            conditions[row] = denoiser.EncodePrompt(pictures.Captions[pictures.CaptionIndex(start + row)]).Condition;
        }

        Device on = device(denoiser.Description.Device);
        Tensor y = tensor(clean, device: on).view(rows, 3, pictures.Size, pictures.Size);
        Tensor x = y + (sigma * tensor(noise, device: on).view(y.shape));
        Tensor denoised = denoiser.Denoise(x, [.. Enumerable.Repeat(sigma, rows)], conditions);
        return (denoised - y).square().sum().item<float>();
    }
}

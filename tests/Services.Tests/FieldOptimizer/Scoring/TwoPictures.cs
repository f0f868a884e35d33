using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensors;
using Sjc.Numerics;

namespace Sjc.Services.Tests.FieldOptimizer.Scoring;

/// <summary>A scorer's mathematics without a scorer: the optimal denoiser of two pictures, and perturb-and-average scores of it.</summary>
/// <remarks>D(x; σ) = Σᵢ softmaxᵢ(−‖x − yᵢ‖²/2σ²) yᵢ; gradient = mean over draws of (D(x + σn) − x)/σ (Wang et al. 2023, eq. 15).</remarks>
internal static class TwoPictures
{
    /// <summary>A request for the score of a grey picture; the seed tells it from others.</summary>
    public static ScoreRequest Request(ulong seed) => new()
    {
        Model = "dots",
        Images = TensorCodec.Encode(new float[3 * 8 * 8], [1, 3, 8, 8]),
        Sigmas = { 1.5 },
        PerturbAndAverage = new PerturbAndAverageEstimator { Draws = 1, Seed = seed, Iteration = 1 },
    };

    public static ScoreResponse Score(ScoreRequest request)
    {
        float[] images = TensorCodec.Decode(request.Images);
        int[] shape = [.. request.Images.Shape.Select(extent => (int)extent)];
        int length = images.Length / shape[0];
        float[] gradient = new float[images.Length];
        for (int image = 0; image < shape[0]; image++)
        {
            double sigma = request.Sigmas[request.Sigmas.Count == 1 ? 0 : image];
            AddGradient(request.PerturbAndAverage, images.AsSpan(image * length, length), image, sigma, gradient.AsSpan(image * length, length));
        }

        return new ScoreResponse
        {
            Gradient = TensorCodec.Encode(gradient, shape),
            Sigmas = { request.Sigmas },
            Deterministic = true,
            Timing = new ScoreTiming { Rows = (uint)shape[0], BatchRows = (uint)shape[0] },
        };
    }

    private static void AddGradient(PerturbAndAverageEstimator estimator, ReadOnlySpan<float> image, int index, double sigma, Span<float> gradient)
    {
        float[] noise = new float[image.Length];
        for (uint draw = 0; draw < estimator.Draws; draw++)
        {
            new RandomKey(estimator.Seed, RandomStream.ScoreNoise, estimator.Iteration, ((uint)index * estimator.Draws) + draw).FillNormal(noise);
            double likelihood = 0;
            for (int i = 0; i < image.Length; i++)
            {
                double noisy = image[i] + (sigma * noise[i]);
                likelihood += (Square(noisy - Bright(i)) - Square(noisy - Dark(i))) / (2 * sigma * sigma);
            }

            double dark = 1 / (1 + Math.Exp(-likelihood));
            for (int i = 0; i < image.Length; i++)
            {
                double denoised = (dark * Dark(i)) + ((1 - dark) * Bright(i));
                gradient[i] += (float)((denoised - image[i]) / sigma / estimator.Draws);
            }
        }
    }

    private static double Bright(int i) => Math.Sin(0.37 * i) > 0 ? 0.75 : -0.25;

    private static double Dark(int i) => Math.Sin(0.37 * i) > 0 ? -0.5 : -0.75;

    private static double Square(double value) => value * value;
}

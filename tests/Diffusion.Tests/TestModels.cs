using Sjc.Diffusion.Exact;
using Sjc.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests;

/// <summary>Small exact models with seeded random pictures.</summary>
internal static class TestModels
{
    public static readonly DataShape Shape = new(3, 4, 5);

    /// <summary>Captions of <see cref="Pictures"/>, one a picture.</summary>
    public static readonly string[] Captions =
        ["front view of a red car", "side view of a red car", "front view of a blue car", "side view of a blue car", "front view of a red mug", "side view of a Red Mug!"];

    /// <summary>One picture a caption, uniform in [−1, 1].</summary>
    public static float[][] Pictures(int count = 6) => [.. Enumerable.Range(0, count).Select(i => Uniform((uint)i, Shape.ElementCount))];

    public static ExactDenoiser Exact(torch.ScalarType type = torch.ScalarType.Float64) =>
        new(new CaptionedPictures(Shape, Pictures(), Captions), new ExactDenoiserOptions { ComputeType = type });

    /// <summary>Values uniform in [−1, 1).</summary>
    public static float[] Uniform(uint index, int count)
    {
        float[] values = new float[count];
        new RandomKey(81, RandomStream.Pictures, 0, index).FillUniform(values);
        return [.. values.Select(value => (2 * value) - 1)];
    }

    public static float[] Normal(uint index, int count)
    {
        float[] values = new float[count];
        new RandomKey(82, RandomStream.Pictures, 0, index).FillNormal(values);
        return values;
    }

    /// <summary>D of float64 images, [n, c, h, w] flat.</summary>
    public static double[] Denoise(IDenoiser denoiser, double[] noisy, double[] sigmas, IReadOnlyList<Condition> conditions)
    {
        using IDisposable scope = NewDisposeScope();
        DataShape shape = denoiser.Description.DataShape;
        Tensor input = tensor(noisy, new long[] { sigmas.Length, shape.Channels, shape.Height, shape.Width });
        Tensor output = denoiser.Denoise(input.to(denoiser.Description.ComputeType), sigmas, conditions);
        Assert.Equal(denoiser.Description.ComputeType, output.dtype);
        return output.to(float64).data<double>().ToArray();
    }

    /// <summary>D by its definition, in decimal-free double with explicit differences.</summary>
    public static double[] DenoiseByDefinition(IReadOnlyList<float[]> pictures, double[] noisy, double sigma)
    {
        double[] exponents = [.. pictures.Select(picture => -picture.Zip(noisy, (y, x) => (x - y) * (x - y)).Sum() / (2 * sigma * sigma))];
        double greatest = exponents.Max();
        double[] weights = [.. exponents.Select(exponent => Math.Exp(exponent - greatest))];
        double sum = weights.Sum();
        return [.. Enumerable.Range(0, noisy.Length).Select(k => pictures.Select((picture, i) => weights[i] / sum * picture[k]).Sum())];
    }
}

using Sjc.Diffusion.Sampling;

namespace Sjc.Diffusion.Tests.Sampling;

/// <summary>Data whose values are normal with mean 0, each with a variance of its own: D = v/(v+σ²)·x, and every flow is known.</summary>
internal sealed class GaussianData(params double[] variances)
{
    /// <summary>D.</summary>
    public DenoiseFunction Denoise => (noisy, sigma, denoised) =>
    {
        for (int k = 0; k < noisy.Length; k++)
        {
            double variance = variances[k % variances.Length];
            denoised[k] = variance / (variance + (sigma * sigma)) * noisy[k];
        }
    };

    /// <summary>Where the probability-flow ODE takes x from one noise level to another: x·√((v+s²)/(v+σ²)).</summary>
    public double[] Flow(IReadOnlyList<double> x, double from, double to) =>
        [.. x.Select((value, k) => value * Math.Sqrt(Variance(k, to) / Variance(k, from)))];

    /// <summary>log p(x; σ) of one image.</summary>
    public double LogLikelihood(IReadOnlyList<double> x, double sigma) =>
        x.Select((value, k) => -0.5 * ((value * value / Variance(k, sigma)) + Math.Log(2 * Math.PI * Variance(k, sigma)))).Sum();

    private double Variance(int k, double sigma) => variances[k % variances.Length] + (sigma * sigma);
}

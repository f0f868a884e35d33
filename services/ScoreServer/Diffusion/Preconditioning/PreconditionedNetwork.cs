using static TorchSharp.torch;

namespace Sjc.Diffusion.Preconditioning;

/// <summary>A raw network F, its conditions already bound.</summary>
/// <param name="scaledNoisy">c_in·x, [n, c, h, w].</param>
/// <param name="noiseLabels">c_noise of each row, [n]; in double, for some networks multiply it by thousands before they take its sine.</param>
/// <returns>F, [n, c, h, w].</returns>
public delegate Tensor RawNetwork(Tensor scaledNoisy, double[] noiseLabels);

/// <summary>Turns a raw network into a denoiser by a preconditioning; the one place where D's formula stands.</summary>
public static class PreconditionedNetwork
{
    /// <summary>D(x; σ) = c_skip·x + c_out·F(c_in·x; c_noise), row by row.</summary>
    /// <param name="preconditioning">The coefficients.</param>
    /// <param name="network">F.</param>
    /// <param name="noisy">x, [n, c, h, w].</param>
    /// <param name="sigmas">σ of each row, [n].</param>
    /// <returns>D, [n, c, h, w], in the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The number of noise levels is not that of the rows.</exception>
    public static Tensor Denoise(this IPreconditioning preconditioning, RawNetwork network, Tensor noisy, ReadOnlySpan<double> sigmas)
    {
        using IDisposable scope = NewDisposeScope();
        int rows = (int)noisy.shape[0];
        if (sigmas.Length != rows)
        {
            throw new ArgumentException($"{nameof(sigmas)} must have one entry a row ({rows}), but has {sigmas.Length}.", nameof(sigmas));
        }

        double[] skip = new double[rows];
        double[] outward = new double[rows];
        double[] inward = new double[rows];
        double[] noise = new double[rows];
        for (int row = 0; row < rows; row++)
        {
            (skip[row], outward[row], inward[row], noise[row]) = preconditioning.At(sigmas[row]);
        }

        Tensor prediction = network(noisy * PerRow(inward, noisy), noise);
        return ((noisy * PerRow(skip, noisy)) + (prediction * PerRow(outward, noisy))).MoveToOuterDisposeScope();
    }

    private static Tensor PerRow(double[] values, Tensor like) => tensor(values, dtype: like.dtype, device: like.device).view(-1, 1, 1, 1);
}

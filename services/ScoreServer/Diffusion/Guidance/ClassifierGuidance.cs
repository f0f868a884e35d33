using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Guidance;

/// <summary>Classifier guidance (Dhariwal and Nichol 2021) as a change of D: the score gains s·∇ₓ log p(class | x), hence D gains σ²·s·∇.</summary>
public static class ClassifierGuidance
{
    /// <summary>Adds the guidance to a denoised image in place.</summary>
    /// <param name="denoised">D, any shape.</param>
    /// <param name="classGradient">∇ₓ log p(class | x), the same shape.</param>
    /// <param name="scale">s.</param>
    /// <param name="sigma">The noise level of x.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Apply(Span<double> denoised, ReadOnlySpan<float> classGradient, double scale, double sigma)
    {
        if (denoised.Length != classGradient.Length)
        {
            throw new ArgumentException($"{nameof(classGradient)} must hold {denoised.Length} values, but holds {classGradient.Length}.", nameof(classGradient));
        }

        double factor = sigma * sigma * scale;
        for (int i = 0; i < denoised.Length; i++)
        {
            denoised[i] += factor * classGradient[i];
        }
    }

    /// <summary>The guided D of a batch.</summary>
    /// <param name="denoised">D, [n, c, h, w].</param>
    /// <param name="classGradient">∇ₓ log p(class | x), the same shape and type.</param>
    /// <param name="scale">s.</param>
    /// <param name="sigmas">The noise level of each row of x, [n].</param>
    /// <returns>D + σ²·s·∇, in the caller's dispose scope.</returns>
    public static Tensor Apply(Tensor denoised, Tensor classGradient, double scale, ReadOnlySpan<double> sigmas)
    {
        using DisposeScope scope = NewDisposeScope();
        double[] factors = new double[sigmas.Length];
        for (int row = 0; row < factors.Length; row++)
        {
            factors[row] = sigmas[row] * sigmas[row] * scale;
        }

        Tensor perRow = tensor(factors, dtype: denoised.dtype, device: denoised.device).view(-1, 1, 1, 1);
        return (denoised + (perRow * classGradient)).MoveToOuterDisposeScope();
    }
}

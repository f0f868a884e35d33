namespace Sjc.Diffusion.Scoring;

/// <summary>The answer to a <see cref="ScoreQuery"/>.</summary>
/// <param name="gradient">σ · score, [n, c, h, w].</param>
/// <param name="score">[n, c, h, w].</param>
/// <param name="denoised">D averaged over draws, [n, c, h, w].</param>
public sealed class ScoreResult(float[] gradient, float[] score, float[] denoised)
{
    /// <summary>σ · score, [n, c, h, w]: what score Jacobian chaining back-propagates, as in the reference implementation.</summary>
    public float[] Gradient { get; } = gradient;

    /// <summary>The score, per unit of the images' values, [n, c, h, w].</summary>
    public float[] Score { get; } = score;

    /// <summary>D, guided and clamped as asked, averaged over draws, [n, c, h, w].</summary>
    public float[] Denoised { get; } = denoised;
}

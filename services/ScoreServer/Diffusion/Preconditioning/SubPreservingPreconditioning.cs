namespace Sjc.Diffusion.Preconditioning;

/// <summary>For networks that predict the noise of the sub-VP process (Song et al. 2021, eq. 29), x_t = α·clean + (1 − α²)·noise:
/// D = x − σ·F(α·x; 999·t) with σ = (1 − α²)/α.</summary>
/// <param name="betaMin">β at t = 0.</param>
/// <param name="betaMax">β at t = 1.</param>
/// <param name="labelScale">The label at t = 1.</param>
public sealed class SubPreservingPreconditioning(double betaMin = 0.1, double betaMax = 20, double labelScale = 999) : IPreconditioning
{
    // α is that of the VP process, whose σ is √(1 − α²)/α.
    private readonly PreservingPreconditioning preserving = new(betaMin, betaMax, labelScale);

    /// <inheritdoc/>
    public PreconditioningCoefficients At(double sigma)
    {
        double alpha = 2 / (sigma + Math.Sqrt((sigma * sigma) + 4));
        double time = preserving.Time(Math.Sqrt(1 - (alpha * alpha)) / alpha);
        return new(1, -sigma, alpha, labelScale * time);
    }

    /// <summary>σ(t).</summary>
    public double Sigma(double time)
    {
        double variance = Math.Pow(preserving.Sigma(time), 2);
        return variance / Math.Sqrt(variance + 1);
    }
}

namespace Sjc.Diffusion.Preconditioning;

/// <summary>For networks that predict σ·score of a variance-exploding process (Song et al. 2021; Karras et al. 2022, table 1, column "VE"):
/// D = x + σ·F(x; ln(σ/unit)).</summary>
/// <param name="sigmaUnit">2 where the network was trained on images in [0, 1], whose noise is half of that in [−1, 1]; else 1.</param>
public sealed class ExplodingPreconditioning(double sigmaUnit = 2) : IPreconditioning
{
    /// <inheritdoc/>
    public PreconditioningCoefficients At(double sigma) => new(1, sigma, 1, Math.Log(sigma / sigmaUnit));
}

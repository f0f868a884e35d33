namespace Sjc.Diffusion.Preconditioning;

/// <summary>For networks that predict the noise of a continuous variance-preserving process (Song et al. 2021; Karras et al. 2022, table 1, column "VP"):
/// D = x − σ·F(x/√(σ²+1); 999·t(σ)).</summary>
/// <param name="betaMin">β at t = 0, &gt; 0.</param>
/// <param name="betaMax">β at t = 1.</param>
/// <param name="labelScale">The label at t = 1.</param>
public sealed class PreservingPreconditioning(double betaMin = 0.1, double betaMax = 20, double labelScale = 999) : IPreconditioning
{
    private readonly double betaRange = betaMin > 0 && betaMax > betaMin
        ? betaMax - betaMin
        : throw new ArgumentException($"{nameof(betaMin)} must be in (0, {nameof(betaMax)}), but is {betaMin} with {nameof(betaMax)} {betaMax}.", nameof(betaMin));

    /// <inheritdoc/>
    public PreconditioningCoefficients At(double sigma) => new(1, -sigma, 1 / Math.Sqrt((sigma * sigma) + 1), labelScale * Time(sigma));

    /// <summary>t(σ): σ² + 1 = exp(½·(β_max − β_min)·t² + β_min·t).</summary>
    public double Time(double sigma) => (Math.Sqrt((betaMin * betaMin) + (2 * betaRange * double.LogP1(sigma * sigma))) - betaMin) / betaRange;

    /// <summary>σ(t).</summary>
    public double Sigma(double time) => Math.Sqrt(double.ExpM1((0.5 * betaRange * time * time) + (betaMin * time)));
}

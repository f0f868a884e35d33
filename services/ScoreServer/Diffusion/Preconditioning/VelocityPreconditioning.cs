using Sjc.Diffusion.Schedules;

namespace Sjc.Diffusion.Preconditioning;

/// <summary>For networks that predict v = √ᾱ·ε − √(1−ᾱ)·clean (Salimans and Ho 2022): D = √ᾱ·x_vp − √(1−ᾱ)·F, x_vp = x/√(σ²+1).</summary>
/// <param name="ladder">The chain's levels.</param>
public sealed class VelocityPreconditioning(SigmaLadder ladder) : IPreconditioning
{
    /// <inheritdoc/>
    public PreconditioningCoefficients At(double sigma)
    {
        double variance = (sigma * sigma) + 1;
        double root = Math.Sqrt(variance);
        return new(1 / variance, -sigma / root, 1 / root, ladder.Timestep(ladder.Snap(sigma).Index));
    }
}

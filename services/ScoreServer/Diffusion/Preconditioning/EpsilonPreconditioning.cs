using Sjc.Diffusion.Schedules;

namespace Sjc.Diffusion.Preconditioning;

/// <summary>For networks that predict the noise ε of a variance-preserving chain: D = x − σ·F(x/√(σ²+1); timestep).</summary>
/// <remarks>√ᾱ = 1/√(σ²+1), so the network's own input √ᾱ·x has unit variance; the timestep is that of the nearest ladder entry.</remarks>
/// <param name="ladder">The chain's levels.</param>
public sealed class EpsilonPreconditioning(SigmaLadder ladder) : IPreconditioning
{
    /// <inheritdoc/>
    public PreconditioningCoefficients At(double sigma) =>
        new(1, -sigma, 1 / Math.Sqrt((sigma * sigma) + 1), ladder.Timestep(ladder.Snap(sigma).Index));
}

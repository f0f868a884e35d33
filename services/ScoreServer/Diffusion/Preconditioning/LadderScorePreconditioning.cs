using Sjc.Diffusion.Schedules;

namespace Sjc.Diffusion.Preconditioning;

/// <summary>For networks that predict σ·score at the levels of a ladder (Song and Ermon 2020, NCSNv2): D = x + σ·F(x; timestep).</summary>
/// <param name="ladder">The levels.</param>
public sealed class LadderScorePreconditioning(SigmaLadder ladder) : IPreconditioning
{
    /// <inheritdoc/>
    public PreconditioningCoefficients At(double sigma) => new(1, sigma, 1, ladder.Timestep(ladder.Snap(sigma).Index));
}

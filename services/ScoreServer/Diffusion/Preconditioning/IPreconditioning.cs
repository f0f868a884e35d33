namespace Sjc.Diffusion.Preconditioning;

/// <summary>How a raw network F becomes a denoiser: D(x; σ) = c_skip·x + c_out·F(c_in·x; c_noise) (Karras et al. 2022, eq. 7).</summary>
public interface IPreconditioning
{
    /// <summary>The coefficients at a noise level σ &gt; 0.</summary>
    PreconditioningCoefficients At(double sigma);
}

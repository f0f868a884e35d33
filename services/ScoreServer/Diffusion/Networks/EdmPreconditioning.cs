namespace Sjc.Diffusion.Networks;

/// <summary>Coefficients of D = c_skip·x + c_out·F(c_in·x; c_noise), Karras et al. 2022, table 1.</summary>
/// <param name="Skip">σ_d²/(σ² + σ_d²).</param>
/// <param name="Out">σ·σ_d/√(σ² + σ_d²).</param>
/// <param name="In">1/√(σ² + σ_d²).</param>
/// <param name="Noise">ln(σ)/4.</param>
internal readonly record struct EdmPreconditioning(float Skip, float Out, float In, float Noise)
{
    /// <summary>The coefficients for one noise level.</summary>
    public static EdmPreconditioning For(double sigma, double sigmaData)
    {
        double norm = Math.Sqrt((sigma * sigma) + (sigmaData * sigmaData));
        return new(
            (float)(sigmaData * sigmaData / (norm * norm)),
            (float)(sigma * sigmaData / norm),
            (float)(1 / norm),
            (float)(Math.Log(sigma) / 4));
    }
}

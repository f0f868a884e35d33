namespace Sjc.RadianceField.Optimizers;

/// <summary>Learning rates of the parameter groups for one step; a null one has no gradient, so neither it nor its moments move.</summary>
/// <param name="Voxels">Of density and features.</param>
/// <param name="Background">Of the background texture.</param>
/// <param name="DensityScale">Of the density's log scale.</param>
public readonly record struct AdamaxRates(float Voxels, float? Background, float? DensityScale)
{
    /// <summary>The reference's groups: one base rate, and 1e-4 for the background.</summary>
    public static AdamaxRates Standard(float baseRate, float backgroundRate = 1e-4f) => new(baseRate, backgroundRate, baseRate);

    /// <summary>The reference's annealed groups: base·σ for the voxels, 0.01 for the background, 0 for the density scale.</summary>
    public static AdamaxRates Annealed(float baseRate, float sigma) => new(baseRate * sigma, 0.01f, 0);
}

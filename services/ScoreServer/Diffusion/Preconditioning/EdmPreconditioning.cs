namespace Sjc.Diffusion.Preconditioning;

/// <summary>Karras et al. 2022, table 1, column "Ours (EDM)".</summary>
/// <param name="sigmaData">σ_data &gt; 0, the standard deviation of clean images.</param>
public sealed class EdmPreconditioning(double sigmaData) : IPreconditioning
{
    private readonly double dataVariance = sigmaData > 0 && double.IsFinite(sigmaData)
        ? sigmaData * sigmaData
        : throw new ArgumentException($"{nameof(sigmaData)} must be positive and finite, but is {sigmaData}.", nameof(sigmaData));

    /// <inheritdoc/>
    public PreconditioningCoefficients At(double sigma)
    {
        double variance = (sigma * sigma) + dataVariance;
        double root = Math.Sqrt(variance);
        return new(dataVariance / variance, sigma * Math.Sqrt(dataVariance) / root, 1 / root, Math.Log(sigma) / 4);
    }

    /// <summary>λ(σ) = (σ² + σ_data²)/(σ·σ_data)² = 1/c_out²: the weight of the training loss that makes every level count alike.</summary>
    public double LossWeight(double sigma) => ((sigma * sigma) + dataVariance) / (sigma * sigma * dataVariance);
}

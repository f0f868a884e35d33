namespace Sjc.RadianceField.Optimization;

/// <summary>How the noise level of a score is drawn.</summary>
public enum SigmaDistribution
{
    /// <summary>Uniform over the model's ladder without its 30 greatest and 10 least (Wang et al. 2023).</summary>
    Ladder,

    /// <summary>Log-uniform in [SigmaMin, σ_max], where σ_max goes geometrically from SigmaMaxStart to SigmaMaxEnd over the run.</summary>
    LogUniform,
}

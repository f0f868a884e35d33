namespace Sjc.Diffusion.Sampling;

/// <summary>Which stochastic process is run backwards.</summary>
public enum ReverseSde
{
    /// <summary>Noise is added and the picture keeps its scale (Song et al. 2021, eq. 30).</summary>
    VarianceExploding,

    /// <summary>The picture shrinks so that the variance stays bounded (eq. 32).</summary>
    VariancePreserving,
}

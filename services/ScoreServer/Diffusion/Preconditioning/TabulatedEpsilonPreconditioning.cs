namespace Sjc.Diffusion.Preconditioning;

/// <summary>EDM's form of networks that predict the noise of a chain (Karras et al. 2022, table 1, column "iDDPM"): as
/// <see cref="EpsilonPreconditioning"/>, but σ itself is any, only its label comes from the nearest level.</summary>
/// <param name="levels">u_0 &gt; u_1 &gt; … &gt; u_M = 0.</param>
public sealed class TabulatedEpsilonPreconditioning(IReadOnlyList<double> levels) : IPreconditioning
{
    private readonly double[] levels = levels.Count >= 2
        ? [.. levels]
        : throw new ArgumentException($"{nameof(levels)} must hold at least two entries, but holds {levels.Count}.", nameof(levels));

    /// <summary>The greatest level.</summary>
    public double SigmaMax => levels[0];

    /// <summary>The least level above 0.</summary>
    public double SigmaMin => levels[^2];

    /// <inheritdoc/>
    public PreconditioningCoefficients At(double sigma)
    {
        int nearest = 0;
        for (int j = 1; j < levels.Length; j++)
        {
            if (Math.Abs(sigma - levels[j]) < Math.Abs(sigma - levels[nearest]))
            {
                nearest = j;
            }
        }

        return new(1, -sigma, 1 / Math.Sqrt((sigma * sigma) + 1), levels.Length - 2 - nearest);
    }
}

using Sjc.Numerics;

namespace Sjc.Diffusion.Scoring;

/// <summary>How a score is estimated.</summary>
public abstract record ScoreEstimator
{
    private ScoreEstimator()
    {
    }

    /// <summary>Denoises the images as they are: they already hold noise of their σ.</summary>
    public sealed record Direct : ScoreEstimator;

    /// <summary>PAAS(x; σ) = mean over draws of (D(x + σn; σ) − x)/σ², n ~ N(0, I) (Wang et al. 2023, eqs. 15 and 16).</summary>
    /// <param name="Draws">m, in [1, 64].</param>
    /// <param name="Seed">Of the noise.</param>
    /// <param name="Iteration">Of the noise's key; its index is image · draws + draw.</param>
    /// <param name="VarianceReduction">On: subtract x, leaving out the zero-mean −n/σ. Off: subtract x + σn.</param>
    public sealed record PerturbAndAverage(int Draws, ulong Seed, uint Iteration, bool VarianceReduction = true) : ScoreEstimator
    {
        /// <summary>Most draws of one image.</summary>
        public const int MaxDraws = 64;

        /// <summary>m, in [1, 64].</summary>
        public int Draws { get; init; } = Draws is >= 1 and <= MaxDraws
            ? Draws
            : throw new ArgumentException($"{nameof(Draws)} must be in [1, {MaxDraws}], but is {Draws}.", nameof(Draws));

        /// <summary>Where n comes from.</summary>
        public INoiseSource Noise { get; init; } = new RandomKeyNoise(Seed, RandomStream.ScoreNoise);
    }
}

using Sjc.Numerics;

namespace Sjc.Diffusion;

/// <summary>The product's noise: the normal sequence of <see cref="RandomKey"/> (seed, stream, iteration, index).</summary>
/// <param name="Seed">The user's seed.</param>
/// <param name="Stream">What the noise is for.</param>
public sealed record RandomKeyNoise(ulong Seed, RandomStream Stream) : INoiseSource
{
    /// <inheritdoc/>
    public void Fill(uint iteration, uint index, Span<float> values) => new RandomKey(Seed, Stream, iteration, index).FillNormal(values);
}

using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Optimizers;

/// <summary>Adamax (Kingma and Ba 2015, algorithm 2) with β₁ = 0.9, β₂ = 0.999, ε = 1e-8, as PyTorch computes it.</summary>
public static class Adamax
{
    internal const float Beta1 = 0.9f;
    internal const float Beta2 = 0.999f;
    internal const float Epsilon = 1e-8f;

    /// <summary>Below this a first moment counts as zero: as u ≥ 1e-8, all that it would still move its parameter by is under 1e-7 rates.
    /// Voxels that nobody looks at come to rest so, and need no more work.</summary>
    internal const float NegligibleMoment = 1e-16f;

    /// <summary>The rate of one step after bias correction: rate / (1 − β₁ᵗ).</summary>
    /// <param name="rate">Learning rate.</param>
    /// <param name="step">t, from 1.</param>
    public static float CorrectedRate(float rate, int step) => (float)(rate / (1 - Math.Pow(0.9, step)));

    /// <summary>m ← 0.9m + 0.1g; u ← max(0.999u, |g| + ε); p ← p − rate·m/u.</summary>
    /// <param name="parameters">p, updated.</param>
    /// <param name="gradient">g.</param>
    /// <param name="moment">m, updated.</param>
    /// <param name="norm">u, updated.</param>
    /// <param name="correctedRate">From <see cref="CorrectedRate"/>.</param>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static unsafe void Update(Span<float> parameters, ReadOnlySpan<float> gradient, Span<float> moment, Span<float> norm, float correctedRate)
    {
        RequireLength(gradient.Length, parameters.Length, nameof(gradient));
        RequireLength(moment.Length, parameters.Length, nameof(moment));
        RequireLength(norm.Length, parameters.Length, nameof(norm));
        fixed (float* p = parameters, g = gradient, m = moment, u = norm)
        {
            AdamaxKernel.Update<Lanes1>(p, g, m, u, parameters.Length, correctedRate);
        }
    }

    private static void RequireLength(int length, int expected, string name)
    {
        if (length != expected)
        {
            throw new ArgumentException($"{name} must have {expected} values, but has {length}.", name);
        }
    }
}

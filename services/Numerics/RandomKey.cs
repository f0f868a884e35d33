using System.Numerics;

namespace Sjc.Numerics;

/// <summary>Names one sequence of random numbers: (seed, stream, iteration, index). Equal keys give equal numbers, anywhere.</summary>
/// <param name="Seed">The user's seed.</param>
/// <param name="Stream">What the numbers are for.</param>
/// <param name="Iteration">Of the optimiser, or the step of a sampler; 0 where there is none.</param>
/// <param name="Index">Of the image, draw or element within the iteration.</param>
/// <remarks>Philox key = seed (low word, high word); counter = (block, index, iteration, stream), where block b yields the words 4b to 4b+3.</remarks>
public readonly record struct RandomKey(ulong Seed, RandomStream Stream, uint Iteration = 0, uint Index = 0)
{
    /// <summary>Fills with uniform variates in [0, 1): the word's upper 24 bits times 2⁻²⁴.</summary>
    public void FillUniform(Span<float> values)
    {
        for (int i = 0; i < values.Length; i += 4)
        {
            (uint a, uint b, uint c, uint d) = Block((uint)(i >> 2));
            Store(values[i..], ToUniform(a), ToUniform(b), ToUniform(c), ToUniform(d));
        }
    }

    /// <summary>Fills with standard normal variates by the Box–Muller transform, in double, rounded to float32.</summary>
    /// <remarks>Words (a, b) give r·cos φ, r·sin φ with r = √(−2 ln u), u = (a + ½)·2⁻³², φ = 2π(b + ½)·2⁻³²; then (c, d) likewise.</remarks>
    public void FillNormal(Span<float> values)
    {
        for (int i = 0; i < values.Length; i += 4)
        {
            (uint a, uint b, uint c, uint d) = Block((uint)(i >> 2));
            (double n0, double n1) = BoxMuller(a, b);
            (double n2, double n3) = BoxMuller(c, d);
            Store(values[i..], (float)n0, (float)n1, (float)n2, (float)n3);
        }
    }

    /// <summary>The uniform variate in [0, 1) at a position of the sequence, with 53 bits: words 2p (upper 26 bits) and 2p+1 (upper 27).</summary>
    public double UniformDouble(uint position)
    {
        (uint a, uint b, uint c, uint d) = Block(position >> 1);
        (uint high, uint low) = (position & 1) == 0 ? (a, b) : (c, d);
        return (((ulong)(high >> 6) << 27) | (low >> 5)) * (1.0 / (1UL << 53));
    }

    /// <summary>A uniform integer in [0, <paramref name="exclusiveBound"/>), without modulo bias beyond 2⁻⁵³.</summary>
    public int UniformInteger(uint position, int exclusiveBound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveBound);
        return (int)(UniformDouble(position) * exclusiveBound);
    }

    private (uint X0, uint X1, uint X2, uint X3) Block(uint block) =>
        Philox.Block(block, Index, Iteration, (uint)Stream, (uint)Seed, (uint)(Seed >> 32));

    private static float ToUniform(uint word) => (word >> 8) * (1.0f / (1 << 24));

    private static (double Cosine, double Sine) BoxMuller(uint a, uint b)
    {
        const double Scale = 1.0 / 4294967296.0;
        double radius = Math.Sqrt(-2.0 * Math.Log((a + 0.5) * Scale));
        (double sine, double cosine) = Math.SinCos(2.0 * Math.PI * ((b + 0.5) * Scale));
        return (radius * cosine, radius * sine);
    }

    private static void Store<T>(Span<T> target, T a, T b, T c, T d)
        where T : INumber<T>
    {
        target[0] = a;
        if (target.Length > 1)
        {
            target[1] = b;
        }

        if (target.Length > 2)
        {
            target[2] = c;
        }

        if (target.Length > 3)
        {
            target[3] = d;
        }
    }
}

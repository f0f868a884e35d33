using System.Runtime.Intrinsics;

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
        int i = 0;
        for (; i + Vector512<float>.Count <= values.Length; i += Vector512<float>.Count)
        {
            Normals((uint)(i >> 2)).CopyTo(values[i..]);
        }

        if (i < values.Length)
        {
            Span<float> last = stackalloc float[Vector512<float>.Count];
            Normals((uint)(i >> 2)).CopyTo(last);
            last[..(values.Length - i)].CopyTo(values[i..]);
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

    /// <summary>Sixteen variates, from four blocks.</summary>
    private Vector512<float> Normals(uint block)
    {
        (uint a0, uint b0, uint c0, uint d0) = Block(block);
        (uint a1, uint b1, uint c1, uint d1) = Block(block + 1);
        (uint a2, uint b2, uint c2, uint d2) = Block(block + 2);
        (uint a3, uint b3, uint c3, uint d3) = Block(block + 3);
        return BoxMuller(
            Vector512.Create((double)a0, c0, a1, c1, a2, c2, a3, c3),
            Vector512.Create((double)b0, d0, b1, d1, b2, d2, b3, d3));
    }

    /// <summary>From words as whole numbers: each pair's cosine and sine, next to each other.</summary>
    private static Vector512<float> BoxMuller(Vector512<double> first, Vector512<double> second)
    {
        const double Scale = 1.0 / 4294967296.0;
        Vector512<double> half = Vector512.Create(0.5);
        Vector512<double> radius = Vector512.Sqrt(-2.0 * Vector512.Log((first + half) * Scale));
        (Vector512<double> sine, Vector512<double> cosine) = Vector512.SinCos(2.0 * Math.PI * ((second + half) * Scale));
        return Vector512.Shuffle(Vector512.Narrow(radius * cosine, radius * sine), Vector512.Create(0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15));
    }

    private static void Store(Span<float> target, float a, float b, float c, float d)
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

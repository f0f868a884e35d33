using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>What a unit of weight gains by its colour: the products g·colour of the pixels' gradients and the samples' colours.</summary>
internal static unsafe class ColorGain
{
    private const int Width = RayPackets.Width;
    private const uint All = (1 << Width) - 1;

    /// <summary>Colours of a whole chunk: so far ahead they are fetched.</summary>
    private const int FetchDistance = 4 * SampleCells.ChunkSamples;

    /// <summary>g·colour of a chunk's visible samples, 0 for the others.</summary>
    /// <remarks>Walked far to near like all of the backward pass: so the processor sees one stream and fetches more of it by itself.</remarks>
    /// <param name="visible">[steps].</param>
    /// <param name="steps">Of the chunk.</param>
    /// <param name="colors">The end of the visible samples' colours, which lie one after the other.</param>
    /// <param name="stride">Floats per colour.</param>
    /// <param name="gradients">∂L/∂pixel, [16, stride].</param>
    /// <param name="gains">Receives [steps, 16].</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Multiply(ushort* visible, int steps, float* colors, int stride, float* gradients, float* gains)
    {
        for (int i = steps - 1; i >= 0; i--)
        {
            uint mask = visible[i];
            float* gain = gains + (i * Width);
            if (mask != 0)
            {
                Prefetching.Run(colors - FetchDistance - (4 * Width), 4 * Width * sizeof(float));
            }

            if (mask == All && stride == 4 && Avx512F.IsSupported)
            {
                colors -= 4 * Width;
                Quads(colors, gradients).Store(gain);
                continue;
            }

            new Span<float>(gain, Width).Clear();
            while (mask != 0)
            {
                int lane = BitOperations.Log2(mask);
                mask ^= 1u << lane;
                colors -= stride;
                gain[lane] = One(colors, gradients + (lane * stride), stride);
            }
        }
    }

    /// <summary>(p₀ + p₂) + (p₁ + p₃) of products p, each the sum over the quads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float One(float* color, float* gradient, int stride)
    {
        Vector128<float> sum = Vector128.Load(color) * Vector128.Load(gradient);
        for (int quad = 4; quad < stride; quad += 4)
        {
            sum = Vector128.FusedMultiplyAdd(Vector128.Load(color + quad), Vector128.Load(gradient + quad), sum);
        }

        sum += Vector128.Shuffle(sum, Vector128.Create(2, 3, 0, 1));
        sum += Vector128.Shuffle(sum, Vector128.Create(1, 0, 3, 2));
        return sum.ToScalar();
    }

    /// <summary>Sixteen at once, with the same bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Quads(float* colors, float* gradients)
    {
        // Vector j holds the products of rays 4j … 4j + 3, one ray per 128 bits.
        Vector512<float> a = Vector512.Load(colors) * Vector512.Load(gradients);
        Vector512<float> b = Vector512.Load(colors + 16) * Vector512.Load(gradients + 16);
        Vector512<float> c = Vector512.Load(colors + 32) * Vector512.Load(gradients + 32);
        Vector512<float> d = Vector512.Load(colors + 48) * Vector512.Load(gradients + 48);

        // Of each ray of a and b: a₀ + a₂, b₀ + b₂, a₁ + a₃, b₁ + b₃.
        Vector512<float> ab = Avx512F.UnpackLow(a, b) + Avx512F.UnpackHigh(a, b);
        Vector512<float> cd = Avx512F.UnpackLow(c, d) + Avx512F.UnpackHigh(c, d);
        Vector512<double> even = Avx512F.UnpackLow(ab.AsDouble(), cd.AsDouble());
        Vector512<double> odd = Avx512F.UnpackHigh(ab.AsDouble(), cd.AsDouble());
        Vector512<float> sums = even.AsSingle() + odd.AsSingle();
        return Avx512F.PermuteVar16x32(sums, Vector512.Create(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
    }
}

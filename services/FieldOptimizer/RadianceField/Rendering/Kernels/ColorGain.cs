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

    /// <summary>g·colour of a chunk's visible samples, 0 for the others.</summary>
    /// <param name="visible">[steps].</param>
    /// <param name="steps">Of the chunk.</param>
    /// <param name="colors">Of the visible samples, one after the other.</param>
    /// <param name="stride">Floats per colour.</param>
    /// <param name="gradients">∂L/∂pixel, [16, stride].</param>
    /// <param name="gains">Receives [steps, 16].</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Multiply(ushort* visible, int steps, float* colors, int stride, float* gradients, float* gains)
    {
        for (int i = 0; i < steps; i++, gains += Width)
        {
            uint mask = visible[i];
            if (mask == All && stride == 4 && Avx512F.IsSupported)
            {
                Quads(colors, gradients).Store(gains);
                colors += 4 * Width;
                continue;
            }

            new Span<float>(gains, Width).Clear();
            for (; mask != 0; mask &= mask - 1, colors += stride)
            {
                int lane = BitOperations.TrailingZeroCount(mask);
                gains[lane] = One(colors, gradients + (lane * stride), stride);
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

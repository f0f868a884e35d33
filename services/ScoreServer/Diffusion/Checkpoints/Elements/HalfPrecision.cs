using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sjc.Diffusion.Checkpoints.Elements;

/// <summary>Conversions between float32 and the 16-bit types, and the test for finite values, on little-endian bytes; vectors where the processor has them.
/// Compiled in full at once: a model is loaded within the first second of a process.</summary>
internal static class HalfPrecision
{
    /// <summary>Widens bfloat16: the upper halves of float32.</summary>
    /// <param name="source">[n] bfloat16.</param>
    /// <param name="destination">Receives [n] float32.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WidenBFloat16(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        Span<uint> bits = MemoryMarshal.Cast<float, uint>(destination)[..source.Length];
        int i = 0;
        for (; i <= source.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(source[i..]), out Vector<uint> low, out Vector<uint> high);
            Vector.ShiftLeft(low, 16).CopyTo(bits[i..]);
            Vector.ShiftLeft(high, 16).CopyTo(bits[(i + Vector<uint>.Count)..]);
        }

        for (; i < source.Length; i++)
        {
            bits[i] = (uint)source[i] << 16;
        }
    }

    /// <summary>Widens float16.</summary>
    public static void WidenFloat16(ReadOnlySpan<Half> source, Span<float> destination) => TensorPrimitives.ConvertToSingle(source, destination);

    /// <summary>Rounds to float16; what is too large becomes infinite.</summary>
    public static void NarrowToFloat16(ReadOnlySpan<float> source, Span<Half> destination) => TensorPrimitives.ConvertToHalf(source, destination);

    /// <summary>Whether no element has all bits of its exponent set.</summary>
    /// <param name="bits">The elements as integers of their size.</param>
    /// <param name="exponent">The bits of the exponent.</param>
    /// <typeparam name="T">An unsigned integer.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool AreFinite<T>(ReadOnlySpan<T> bits, T exponent)
        where T : unmanaged, IBinaryInteger<T>
    {
        Vector<T> mask = new(exponent);
        Vector<T> found = Vector<T>.Zero;
        int i = 0;
        for (; i <= bits.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            found |= Vector.Equals(new Vector<T>(bits[i..]) & mask, mask);
        }

        bool finite = found == Vector<T>.Zero;
        for (; i < bits.Length; i++)
        {
            finite &= (bits[i] & exponent) != exponent;
        }

        return finite;
    }
}

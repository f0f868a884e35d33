using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Checkpoints.Elements;

/// <summary>Refuses weights that are infinite or no numbers.</summary>
internal static unsafe class Finiteness
{
    /// <summary>Bytes that one thread takes at a time.</summary>
    private const int ShareBytes = 1 << 20;

    /// <summary>Looks at elements.</summary>
    /// <param name="name">Of the tensor and its file, for messages.</param>
    /// <param name="elements">Little-endian.</param>
    /// <param name="type">Of the elements; those of integers are finite.</param>
    /// <param name="fault">What the message says of an element that is not.</param>
    /// <exception cref="InvalidDataException">An element is infinite or no number.</exception>
    public static void Require(string name, ReadOnlySpan<byte> elements, ScalarType type, string fault = "is infinite or no number")
    {
        bool finite = type switch
        {
            ScalarType.Float16 => HalfPrecision.AreFinite(MemoryMarshal.Cast<byte, ushort>(elements), (ushort)0x7C00),
            ScalarType.BFloat16 => HalfPrecision.AreFinite(MemoryMarshal.Cast<byte, ushort>(elements), (ushort)0x7F80),
            ScalarType.Float32 => HalfPrecision.AreFinite(MemoryMarshal.Cast<byte, uint>(elements), 0x7F80_0000u),
            ScalarType.Float64 => HalfPrecision.AreFinite(MemoryMarshal.Cast<byte, ulong>(elements), 0x7FF0_0000_0000_0000ul),
            _ => true,
        };
        if (!finite)
        {
            throw new InvalidDataException($"{name} must have finite elements, but one {fault}.");
        }
    }

    /// <summary>Looks at a tensor that lies in a mapped file, on all cores: the one time that loading touches its pages.</summary>
    /// <param name="name">Of the tensor and its file, for messages.</param>
    /// <param name="tensor">Contiguous, with elements, on the CPU.</param>
    /// <exception cref="InvalidDataException">An element is infinite or no number.</exception>
    public static void RequireMapped(string name, Tensor tensor)
    {
        ScalarType type = tensor.dtype;
        long byteCount = tensor.numel() * ElementTypes.Size(type);
        using Tensor flat = tensor.view(-1);
        using Tensor element = flat.narrow(0, 0, 1); // spans of .NET end at 2 GiB
        fixed (byte* start = element.bytes)
        {
            byte* first = start;
            try
            {
                Parallel.For(0L, (byteCount + ShareBytes - 1) / ShareBytes, share =>
                {
                    long done = share * ShareBytes;
                    int length = (int)Math.Min(ShareBytes, byteCount - done);
                    MemoryAdvice.Populate(first + done, length);
                    Require(name, new ReadOnlySpan<byte>(first + done, length), type);
                });
            }
            catch (AggregateException exception)
            {
                ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
            }
        }
    }
}

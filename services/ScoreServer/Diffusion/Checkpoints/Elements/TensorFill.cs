using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Checkpoints.Elements;

/// <summary>Fills a tensor with stored elements, converted on the way in runs that stay in the processor's cache, on all cores. The whole tensor is never in memory twice.</summary>
internal static unsafe class TensorFill
{
    /// <summary>Elements converted at a time: 64 KiB of float32.</summary>
    private const int RunLength = 16_384;

    /// <summary>Elements that one thread takes at a time.</summary>
    private const int ShareLength = 16 * RunLength;

    /// <summary>Elements after which pages of the source are let go, and the most that are staged for another device or a rare conversion.</summary>
    private const int PieceLength = 4 << 20;

    /// <summary>Fills a tensor.</summary>
    /// <param name="name">Of the tensor and its file, for messages.</param>
    /// <param name="source">As many elements as the tensor has.</param>
    /// <param name="sourceType">Their type.</param>
    /// <param name="destination">Contiguous, of any type and on any device.</param>
    /// <exception cref="InvalidDataException">An element is infinite or no number, or too large for the tensor's type.</exception>
    public static void Fill(string name, IElementSource source, ScalarType sourceType, Tensor destination)
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        Tensor flat = destination.view(-1);
        bool direct = destination.device_type == DeviceType.CPU && IsDirect(sourceType, destination.dtype);
        long count = flat.shape[0];
        if (direct && count * ElementTypes.Size(destination.dtype) <= int.MaxValue)
        {
            fixed (byte* start = flat.bytes)
            {
                MemoryAdvice.UseHugePages(start, count * ElementTypes.Size(destination.dtype));
            }
        }

        for (long first = 0; first < count; first += PieceLength)
        {
            int length = (int)Math.Min(PieceLength, count - first);
            using Tensor piece = flat.narrow(0, first, length);
            if (direct)
            {
                FillPiece(name, source, sourceType, first, piece);
            }
            else
            {
                using Tensor staged = empty([length], dtype: sourceType);
                FillPiece(name, source, sourceType, first, staged);
                piece.copy_(staged);
                RequireFinite(name, piece);
            }

            source.Release(first, length);
        }
    }

    private static bool IsDirect(ScalarType from, ScalarType to) => from == to || (from, to) is
        (ScalarType.Float16, ScalarType.Float32) or (ScalarType.BFloat16, ScalarType.Float32) or (ScalarType.Float32, ScalarType.Float16);

    private static void FillPiece(string name, IElementSource source, ScalarType sourceType, long first, Tensor piece)
    {
        ScalarType type = piece.dtype;
        int length = (int)piece.shape[0];
        fixed (byte* start = piece.bytes)
        {
            byte* target = start;
            if (!source.IsConcurrent || length <= ShareLength)
            {
                FillShare(name, source, sourceType, first, target, type, length);
                return;
            }

            try
            {
                Parallel.For(0, (length + ShareLength - 1) / ShareLength, share =>
                {
                    int done = share * ShareLength;
                    FillShare(name, source, sourceType, first + done, target + ((long)done * ElementTypes.Size(type)), type, Math.Min(ShareLength, length - done));
                });
            }
            catch (AggregateException exception)
            {
                ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
            }
        }
    }

    private static void FillShare(string name, IElementSource source, ScalarType sourceType, long first, byte* target, ScalarType type, int length)
    {
        int size = ElementTypes.Size(type);
        for (int done = 0; done < length; done += RunLength)
        {
            int run = Math.Min(RunLength, length - done);
            ReadOnlySpan<byte> elements = source.Read(first + done, run);
            Finiteness.Require(name, elements, sourceType);
            Span<byte> converted = new(target + ((long)done * size), run * size);
            Convert(elements, sourceType, converted, type);
            if (sourceType == ScalarType.Float32 && type == ScalarType.Float16)
            {
                Finiteness.Require(name, converted, type, "is too large for float16");
            }
        }
    }

    private static void Convert(ReadOnlySpan<byte> source, ScalarType from, Span<byte> destination, ScalarType to)
    {
        switch (from, to)
        {
            case (ScalarType.Float16, ScalarType.Float32):
                HalfPrecision.WidenFloat16(MemoryMarshal.Cast<byte, Half>(source), MemoryMarshal.Cast<byte, float>(destination));
                break;
            case (ScalarType.BFloat16, ScalarType.Float32):
                HalfPrecision.WidenBFloat16(MemoryMarshal.Cast<byte, ushort>(source), MemoryMarshal.Cast<byte, float>(destination));
                break;
            case (ScalarType.Float32, ScalarType.Float16):
                HalfPrecision.NarrowToFloat16(MemoryMarshal.Cast<byte, float>(source), MemoryMarshal.Cast<byte, Half>(destination));
                break;
            default:
                source.CopyTo(destination);
                break;
        }
    }

    /// <summary>After a conversion to a type of smaller range.</summary>
    private static void RequireFinite(string name, Tensor piece)
    {
        if (!piece.isfinite().all().item<bool>())
        {
            throw new InvalidDataException($"{name} must have elements in the range of {piece.dtype}, but one is too large.");
        }
    }
}

using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Tensor.V1;
using WireTensor = Sjc.Contracts.Tensor.V1.Tensor;

namespace Sjc.Contracts.Tensors;

/// <summary>Between float32 spans and tensors on the wire: row-major, little-endian, float32 or float16, finite.</summary>
public static class TensorCodec
{
    /// <summary>An extent that may have any value of at least 1 in an expected shape.</summary>
    public const int AnyExtent = -1;

    /// <summary>Greatest finite float16.</summary>
    public const float MaxHalf = 65504f;

    /// <summary>Bytes of one element.</summary>
    /// <exception cref="ArgumentException">The type is unknown.</exception>
    public static int ElementSize(DataType type) => type switch
    {
        DataType.F32 => sizeof(float),
        DataType.F16 => sizeof(ushort),
        _ => throw new ArgumentException($"type must be F32 or F16, but is {type}.", nameof(type)),
    };

    /// <summary>Whether every value is finite and within the type's range, so that <see cref="Encode"/> takes it.</summary>
    public static bool CanEncode(ReadOnlySpan<float> values, DataType type) =>
        type == DataType.F16 ? FirstAbove(values, MaxHalf) < 0 : FirstAbove(values, float.MaxValue) < 0;

    /// <summary>Writes values as a tensor; float16 rounds to nearest, ties to even.</summary>
    /// <param name="values">Row-major, as many as the shape holds.</param>
    /// <param name="shape">Extents, each at least 1.</param>
    /// <param name="type">Element type.</param>
    /// <exception cref="ArgumentException">The shape does not hold the values, or one of them is not finite in the type.</exception>
    public static WireTensor Encode(ReadOnlySpan<float> values, ReadOnlySpan<int> shape, DataType type = DataType.F32)
    {
        int elementSize = ElementSize(type);
        WireTensor tensor = new() { DataType = type };
        long count = 1;
        foreach (int extent in shape)
        {
            tensor.Shape.Add(extent > 0 ? (uint)extent : throw new ArgumentException($"shape must hold extents of at least 1, but is {Format(shape)}.", nameof(shape)));
            count *= extent;
        }

        if (count != values.Length)
        {
            throw new ArgumentException($"values must hold {count} elements for shape {Format(shape)}, but is {values.Length} long.", nameof(values));
        }

        if (!CanEncode(values, type))
        {
            throw new ArgumentException($"values must be finite in {type}, but is not.", nameof(values));
        }

        byte[] data = GC.AllocateUninitializedArray<byte>(values.Length * elementSize);
        WriteElements(values, data, type);
        tensor.Data = UnsafeByteOperations.UnsafeWrap(data);
        return tensor;
    }

    /// <summary>Reads a tensor's values, row-major.</summary>
    /// <exception cref="InvalidRequestException">The tensor breaks its contract; fields are named from <paramref name="field"/>.</exception>
    public static float[] Decode(WireTensor? tensor, string field = "tensor")
    {
        FieldViolations violations = new();
        if (!TryDecode(tensor, field, [], violations, out float[] values))
        {
            violations.ThrowIfAny();
        }

        return values;
    }

    /// <summary>Reads a tensor whose type, shape, length and finiteness it checks.</summary>
    /// <param name="tensor">From the wire.</param>
    /// <param name="field">Path of the tensor in its message, for the violations.</param>
    /// <param name="expectedShape">Extents, <see cref="AnyExtent"/> where any is right; empty: any shape.</param>
    /// <param name="violations">Receives every fault.</param>
    /// <param name="values">Row-major; empty when the tensor has a fault.</param>
    /// <param name="maxElements">Most elements taken; more is a fault, found before anything is allocated.</param>
    public static bool TryDecode(
        WireTensor? tensor, string field, ReadOnlySpan<int> expectedShape, FieldViolations violations, out float[] values, long maxElements = int.MaxValue / 8)
    {
        values = [];
        if (!TryCheck(tensor, field, expectedShape, violations, maxElements))
        {
            return false;
        }

        float[] decoded = GC.AllocateUninitializedArray<float>(tensor!.Data.Length / ElementSize(tensor.DataType));
        ReadElements(tensor.Data.Span, decoded, tensor.DataType);
        int bad = FirstAbove(decoded, float.MaxValue);
        if (!violations.Require(bad < 0, $"{field}.data", "be finite", bad < 0 ? "" : $"{decoded[bad]} at element {bad}"))
        {
            return false;
        }

        values = decoded;
        return true;
    }

    private static bool TryCheck(WireTensor? tensor, string field, ReadOnlySpan<int> expectedShape, FieldViolations violations, long maxElements)
    {
        if (tensor is null)
        {
            violations.Add(field, expectedShape.IsEmpty ? "be set" : $"be a tensor of shape {Format(expectedShape)}", null);
            return false;
        }

        bool typeIsKnown = violations.Require(
            tensor.DataType is DataType.F32 or DataType.F16, $"{field}.data_type", "be DATA_TYPE_F32 or DATA_TYPE_F16", (int)tensor.DataType);
        if (!violations.Require(Matches(tensor.Shape, expectedShape), $"{field}.shape", $"be {Format(expectedShape)}", Format(tensor.Shape)) || !typeIsKnown)
        {
            return false;
        }

        long count = 1;
        foreach (uint extent in tensor.Shape)
        {
            count = Math.Min(count * Math.Min(extent, int.MaxValue), int.MaxValue);
        }

        long bytes = count * ElementSize(tensor.DataType);
        return violations.Require(count <= maxElements, $"{field}.shape", $"hold at most {maxElements} elements", Format(tensor.Shape))
            && violations.Require(tensor.Data.Length == bytes, $"{field}.data", $"be {bytes} bytes long for its shape and type", $"{tensor.Data.Length} bytes long");
    }

    private static bool Matches(RepeatedField<uint> shape, ReadOnlySpan<int> expected)
    {
        if (!expected.IsEmpty && shape.Count != expected.Length)
        {
            return false;
        }

        for (int axis = 0; axis < shape.Count; axis++)
        {
            if (shape[axis] < 1 || (!expected.IsEmpty && expected[axis] != AnyExtent && shape[axis] != expected[axis]))
            {
                return false;
            }
        }

        return true;
    }

    private static void WriteElements(ReadOnlySpan<float> values, Span<byte> data, DataType type)
    {
        if (type == DataType.F16)
        {
            Span<Half> halves = MemoryMarshal.Cast<byte, Half>(data);
            for (int i = 0; i < values.Length; i++)
            {
                halves[i] = (Half)values[i];
            }
        }
        else
        {
            MemoryMarshal.AsBytes(values).CopyTo(data);
        }

        ToggleByteOrder(data, type);
    }

    private static void ReadElements(ReadOnlySpan<byte> data, Span<float> values, DataType type)
    {
        if (type == DataType.F32)
        {
            data.CopyTo(MemoryMarshal.AsBytes(values));
            ToggleByteOrder(MemoryMarshal.AsBytes(values), type);
            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(data[(2 * i)..]);
        }
    }

    /// <summary>Between the machine's byte order and the wire's; nothing on little-endian machines.</summary>
    private static void ToggleByteOrder(Span<byte> data, DataType type)
    {
        if (BitConverter.IsLittleEndian)
        {
            return;
        }

        if (type == DataType.F16)
        {
            Span<ushort> words = MemoryMarshal.Cast<byte, ushort>(data);
            BinaryPrimitives.ReverseEndianness(words, words);
        }
        else
        {
            Span<uint> words = MemoryMarshal.Cast<byte, uint>(data);
            BinaryPrimitives.ReverseEndianness(words, words);
        }
    }

    /// <summary>Index of the first value whose magnitude exceeds the limit or that is not a number; −1: none.</summary>
    private static int FirstAbove(ReadOnlySpan<float> values, float limit)
    {
        int i = 0;
        Vector<float> limits = new(limit);
        for (; i + Vector<float>.Count <= values.Length; i += Vector<float>.Count)
        {
            if (!Vector.LessThanOrEqualAll(Vector.Abs(new Vector<float>(values[i..])), limits))
            {
                break;
            }
        }

        for (; i < values.Length; i++)
        {
            if (!(MathF.Abs(values[i]) <= limit))
            {
                return i;
            }
        }

        return -1;
    }

    private static string Format(ReadOnlySpan<int> shape)
    {
        List<string> extents = [];
        foreach (int extent in shape)
        {
            extents.Add(extent == AnyExtent ? "n" : extent.ToString());
        }

        return extents.Count == 0 ? "made of extents of at least 1" : $"[{string.Join(", ", extents)}]";
    }

    private static string Format(RepeatedField<uint> shape) =>
        shape.Count <= 8 ? $"[{string.Join(", ", shape)}]" : $"[{string.Join(", ", shape.Take(8))}, …]";
}

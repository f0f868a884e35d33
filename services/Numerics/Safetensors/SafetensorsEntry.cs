namespace Sjc.Numerics.Safetensors;

/// <summary>Where one tensor lies in a safetensors file.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="DataType">Element type.</param>
/// <param name="Shape">Extents, slowest first; empty for a scalar.</param>
/// <param name="Offset">Of the first byte, from the start of the data section.</param>
/// <param name="ByteCount">Elements × element size.</param>
public sealed record SafetensorsEntry(string Name, SafetensorsDataType DataType, IReadOnlyList<long> Shape, long Offset, long ByteCount)
{
    /// <summary>Product of the extents; 1 for a scalar.</summary>
    public long ElementCount => Shape.Aggregate(1L, (product, extent) => product * extent);
}

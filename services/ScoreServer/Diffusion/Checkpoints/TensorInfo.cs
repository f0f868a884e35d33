using TorchSharp;

namespace Sjc.Diffusion.Checkpoints;

/// <summary>Element type and extents of a tensor in a checkpoint.</summary>
/// <param name="DataType">As stored.</param>
/// <param name="Shape">Extents, slowest first; empty for a scalar.</param>
public sealed record TensorInfo(torch.ScalarType DataType, IReadOnlyList<long> Shape)
{
    /// <summary>Product of the extents; 1 for a scalar.</summary>
    public long ElementCount => Shape.Aggregate(1L, (product, extent) => product * extent);

    /// <summary>Whether it is of a type that weights have.</summary>
    public bool IsFloatingPoint => DataType is torch.ScalarType.Float16 or torch.ScalarType.BFloat16 or torch.ScalarType.Float32 or torch.ScalarType.Float64;

    /// <summary>"[a, b, c]".</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}

using TorchSharp;

namespace Sjc.Diffusion.Checkpoints.Pickles;

/// <summary>A tensor of a pickle: a strided view of a storage, not yet read.</summary>
public sealed class PickleTensor
{
    internal PickleTensor(PickleStorage storage, torch.ScalarType? dataType, long offset, IReadOnlyList<long> shape, IReadOnlyList<long> strides)
    {
        Storage = storage;
        DataType = dataType;
        Offset = offset;
        Shape = shape;
        Strides = strides;
    }

    /// <summary>Element type; null where the storage's is not supported.</summary>
    public torch.ScalarType? DataType { get; }

    /// <summary>Extents, slowest first; empty for a scalar. Unchecked until the tensor is put into a <see cref="PickleStore"/>.</summary>
    public IReadOnlyList<long> Shape { get; }

    internal PickleStorage Storage { get; }

    internal long Offset { get; }

    internal IReadOnlyList<long> Strides { get; }
}

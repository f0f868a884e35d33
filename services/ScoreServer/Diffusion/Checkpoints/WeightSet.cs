using static TorchSharp.torch;

namespace Sjc.Diffusion.Checkpoints;

/// <summary>The tensors that a network owns, outside of any dispose scope.</summary>
public sealed class WeightSet : IDisposable
{
    private readonly List<Tensor> tensors = [];

    /// <summary>Parameters in all.</summary>
    public long ElementCount => tensors.Sum(tensor => tensor.numel());

    /// <summary>Bytes in all.</summary>
    public long ByteCount => tensors.Sum(tensor => tensor.numel() * tensor.ElementSize);

    /// <summary>Takes a tensor into possession.</summary>
    public Tensor Own(Tensor tensor)
    {
        Tensor owned = tensor.DetachFromDisposeScope();
        tensors.Add(owned);
        return owned;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in tensors)
        {
            tensor.Dispose();
        }

        tensors.Clear();
    }
}

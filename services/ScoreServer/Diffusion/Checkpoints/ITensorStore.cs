using TorchSharp;

namespace Sjc.Diffusion.Checkpoints;

/// <summary>Named tensors in files, described but not yet in memory.</summary>
public interface ITensorStore : IDisposable
{
    /// <summary>What messages call it: a file or folder name without the path to it.</summary>
    string Name { get; }

    /// <summary>The tensors by name.</summary>
    IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>Reads one tensor, converted to the type of its destination and onto its device, without a second copy of it in memory where the
    /// types agree and the device is the CPU.</summary>
    /// <param name="name">One of <see cref="Tensors"/>.</param>
    /// <param name="destination">Contiguous, of the tensor's shape; on the "meta" device nothing is read.</param>
    /// <exception cref="InvalidDataException">The bytes are not there or not what they should be.</exception>
    void CopyTo(string name, torch.Tensor destination);

    /// <summary>One tensor in place, where its bytes can be used as they lie in the file: no memory of its own, private pages of the file that outlive the store.</summary>
    /// <param name="name">One of <see cref="Tensors"/>.</param>
    /// <param name="dataType">That it must have.</param>
    /// <param name="device">Where it must be.</param>
    /// <returns>Of the stored shape, with finite elements; null where only <see cref="CopyTo"/> will do.</returns>
    /// <exception cref="InvalidDataException">An element is infinite or no number.</exception>
    torch.Tensor? TryMap(string name, torch.ScalarType dataType, torch.Device device) => null;
}

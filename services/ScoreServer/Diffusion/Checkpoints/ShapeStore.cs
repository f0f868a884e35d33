using TorchSharp;

namespace Sjc.Diffusion.Checkpoints;

/// <summary>Names and shapes without values: to build networks on the device "meta" and see what they need or lack.</summary>
/// <param name="name">What messages call it.</param>
/// <param name="tensors">By name.</param>
public sealed class ShapeStore(string name, IReadOnlyDictionary<string, TensorInfo> tensors) : ITensorStore
{
    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; } = tensors;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The destination is on a device with memory.</exception>
    public void CopyTo(string name, torch.Tensor destination)
    {
        if (destination.device_type != DeviceType.META)
        {
            throw new InvalidOperationException($"{name} of {Name} must be taken on the device meta, but is taken on {destination.device}: there are no values.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

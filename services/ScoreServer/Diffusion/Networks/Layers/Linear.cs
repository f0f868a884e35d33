using Sjc.Diffusion.Checkpoints;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.Layers;

/// <summary>y = x·Wᵀ + b over the last dimension. A 1-wide convolution over [n, length, inputs] is the same, stored as [outputs, inputs, 1].</summary>
/// <param name="weights">At the layer: weight [outputs, inputs], bias [outputs].</param>
/// <param name="inputs">Width of x.</param>
/// <param name="outputs">Width of y.</param>
/// <param name="bias">Whether there is b.</param>
internal sealed class Linear(WeightReader weights, long inputs, long outputs, bool bias = true)
{
    private readonly Tensor weight = weights.Take("weight", outputs, inputs);
    private readonly Tensor? offset = bias ? weights.Take("bias", outputs) : null;

    /// <summary>[…, inputs] → […, outputs].</summary>
    public Tensor Forward(Tensor x) => functional.linear(x, weight, offset);
}

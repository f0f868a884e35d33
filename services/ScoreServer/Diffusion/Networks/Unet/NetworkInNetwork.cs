using Sjc.Diffusion.Checkpoints;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.Unet;

/// <summary>y = x·W + b over the last dimension, W stored as [inputs, outputs] (score_sde).</summary>
/// <param name="weights">At the layer: W, b.</param>
/// <param name="inputs">Width of x.</param>
/// <param name="outputs">Width of y.</param>
internal sealed class NetworkInNetwork(WeightReader weights, long inputs, long outputs)
{
    private readonly Tensor matrix = weights.Take("W", inputs, outputs);
    private readonly Tensor offset = weights.Take("b", outputs);

    /// <summary>[…, inputs] → […, outputs].</summary>
    public Tensor Forward(Tensor x)
    {
        using Tensor transposed = matrix.t();
        return functional.linear(x, transposed, offset);
    }
}

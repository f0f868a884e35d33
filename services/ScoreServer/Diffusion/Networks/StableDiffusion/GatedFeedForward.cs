using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>A two-layer perceptron with a gate, GEGLU (Shazeer 2020): value · gelu(gate), the exact GELU.</summary>
/// <param name="weights">At the perceptron.</param>
/// <param name="width">Of the tokens; inside it is 4 times as wide.</param>
internal sealed class GatedFeedForward(WeightReader weights, long width)
{
    private readonly Linear proj = new(weights.Scope("net.0.proj"), width, 8 * width);
    private readonly Linear net2 = new(weights.Scope("net.2"), 4 * width, width);

    /// <summary>[n, length, width] → the same shape.</summary>
    public Tensor Forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] parts = proj.Forward(x).chunk(2, -1);
        Tensor gate = functional.gelu(parts[1]);
        return net2.Forward(gate.mul_(parts[0])).MoveToOuterDisposeScope();
    }
}

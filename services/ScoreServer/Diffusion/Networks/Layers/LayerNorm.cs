using Sjc.Diffusion.Checkpoints;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.Layers;

/// <summary>Layer normalisation (Ba et al. 2016) over the last dimension with scale and offset, in float32 whatever the type of its input.</summary>
/// <param name="weights">At the layer: weight [width], bias [width].</param>
/// <param name="width">Of the input.</param>
/// <param name="epsilon">Added to the variance.</param>
internal sealed class LayerNorm(WeightReader weights, long width, double epsilon = 1e-5)
{
    private readonly long[] normalized = [width];
    private readonly Tensor weight = weights.TakeAs(NormPrecision.TypeFor(weights), "weight", width);
    private readonly Tensor bias = weights.TakeAs(NormPrecision.TypeFor(weights), "bias", width);

    /// <summary>[…, width] → the same shape and type.</summary>
    public Tensor Forward(Tensor x) => NormPrecision.Apply(x, weight.dtype, wide => functional.layer_norm(wide, normalized, weight, bias, epsilon));
}

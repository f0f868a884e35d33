using Sjc.Diffusion.Checkpoints;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.Layers;

/// <summary>Group normalisation (Wu and He 2018) with scale and offset, in float32 whatever the type of its input.</summary>
/// <param name="weights">At the layer: weight [channels], bias [channels].</param>
/// <param name="groups">Divide <paramref name="channels"/>.</param>
/// <param name="channels">Of the input.</param>
/// <param name="epsilon">Added to the variance.</param>
internal sealed class GroupNorm(WeightReader weights, long groups, long channels, double epsilon)
{
    private readonly Tensor weight = weights.TakeAs(NormPrecision.TypeFor(weights), "weight", channels);
    private readonly Tensor bias = weights.TakeAs(NormPrecision.TypeFor(weights), "bias", channels);

    /// <summary>[n, channels, …] → the same shape and type.</summary>
    public Tensor Forward(Tensor x) => NormPrecision.Apply(x, weight.dtype, wide => functional.group_norm(wide, groups, weight, bias, epsilon));
}

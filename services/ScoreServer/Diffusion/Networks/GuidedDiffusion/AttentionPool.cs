using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using Sjc.Diffusion.Networks.Unet;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.GuidedDiffusion;

/// <summary>Attention of the pixels' mean over the pixels (Radford et al. 2021): [n, c, h, w] → [n, outputs].</summary>
/// <param name="weights">At the pool: positional_embedding, qkv_proj, c_proj.</param>
/// <param name="side">h = w.</param>
/// <param name="channels">c.</param>
/// <param name="heads">Divide the channels.</param>
/// <param name="outputs">Of the result.</param>
internal sealed class AttentionPool(WeightReader weights, int side, int channels, int heads, int outputs)
{
    private readonly Tensor places = weights.Take("positional_embedding", channels, (side * side) + 1);
    private readonly QkvProjection qkv = new(weights.Scope("qkv_proj"), channels, heads, QkvOrder.PartHeadDimension);
    private readonly Linear projection = new(weights.Scope("c_proj"), channels, outputs);

    /// <summary>[n, c, h, w] → [n, outputs].</summary>
    public Tensor Forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor pixels = x.flatten(2);
        Tensor tokens = (cat([pixels.mean([-1], keepdim: true), pixels], -1) + places).transpose(1, 2);
        return projection.Forward(ImageAttention.Mix(tokens, qkv).select(1, 0)).MoveToOuterDisposeScope();
    }
}

using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.Unet;

/// <summary>A residual block and, at some resolutions, self-attention after it.</summary>
/// <param name="block">The block.</param>
/// <param name="attention">After it; null: none.</param>
internal sealed class AttentiveBlock(UnetBlock block, ImageAttention? attention)
{
    /// <summary>[n, inputs, h, w] → [n, outputs, h', w'].</summary>
    public Tensor Forward(Tensor x, Tensor embedding)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = block.Forward(x, embedding);
        return (attention is null ? h : attention.Forward(h)).MoveToOuterDisposeScope();
    }

    /// <summary>The same of [x, skip], which it disposes of.</summary>
    public Tensor ForwardJoined(Tensor x, Tensor skip, Tensor embedding)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor joined = cat([x, skip], 1);
        x.Dispose();
        skip.Dispose();
        return Forward(joined, embedding).MoveToOuterDisposeScope();
    }
}

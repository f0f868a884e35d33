using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>Self-attention, attention to the prompt and a gated perceptron, each behind a layer normalisation and added to its input.</summary>
/// <param name="weights">At the block.</param>
/// <param name="width">Of the tokens.</param>
/// <param name="contextWidth">Of the prompt's tokens.</param>
/// <param name="heads">Of both attentions.</param>
internal sealed class TransformerBlock(WeightReader weights, long width, long contextWidth, long heads)
{
    private readonly LayerNorm norm1 = new(weights.Scope(nameof(norm1)), width);
    private readonly CrossAttention attn1 = new(weights.Scope(nameof(attn1)), width, width, heads);
    private readonly LayerNorm norm2 = new(weights.Scope(nameof(norm2)), width);
    private readonly CrossAttention attn2 = new(weights.Scope(nameof(attn2)), width, contextWidth, heads);
    private readonly LayerNorm norm3 = new(weights.Scope(nameof(norm3)), width);
    private readonly GatedFeedForward ff = new(weights.Scope(nameof(ff)), width);

    /// <summary>[n, length, width] and the prompt's [n, tokens, context width] → [n, length, width].</summary>
    public Tensor Forward(Tensor x, Tensor context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor normed = norm1.Forward(x);
        x = attn1.Forward(normed, normed).add_(x);
        x = attn2.Forward(norm2.Forward(x), context).add_(x);
        return ff.Forward(norm3.Forward(x)).add_(x).MoveToOuterDisposeScope();
    }
}

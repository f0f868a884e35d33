using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>Attention of a transformer block, to itself or to the prompt.</summary>
internal sealed class CrossAttention
{
    private readonly long heads;
    private readonly Linear to_q;
    private readonly Linear to_k;
    private readonly Linear to_v;
    private readonly Linear to_out;

    /// <summary>Takes the weights.</summary>
    /// <param name="weights">At the attention.</param>
    /// <param name="width">Of the tokens that ask.</param>
    /// <param name="contextWidth">Of the tokens that are asked.</param>
    /// <param name="heads">Divide <paramref name="width"/>.</param>
    public CrossAttention(WeightReader weights, long width, long contextWidth, long heads)
    {
        this.heads = heads;
        to_q = new Linear(weights.Scope(nameof(to_q)), width, width, bias: false);
        to_k = new Linear(weights.Scope(nameof(to_k)), contextWidth, width, bias: false);
        to_v = new Linear(weights.Scope(nameof(to_v)), contextWidth, width, bias: false);
        to_out = new Linear(weights.Scope("to_out.0"), width, width);
    }

    /// <summary>[n, length, width] and [n, other length, context width] → [n, length, width].</summary>
    public Tensor Forward(Tensor x, Tensor context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor mixed = Attention.Forward(to_q.Forward(x), to_k.Forward(context), to_v.Forward(context), heads);
        return to_out.Forward(mixed).MoveToOuterDisposeScope();
    }
}

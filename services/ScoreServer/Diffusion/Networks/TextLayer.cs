using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks;

/// <summary>Self-attention and a two-layer perceptron, each behind a layer normalisation and added to its input (Vaswani et al. 2017, pre-norm).</summary>
internal sealed class TextLayer : Module<Tensor, Tensor, Tensor>
{
    private readonly int heads;
    private readonly LayerNorm norm1;
    private readonly Linear qkv;
    private readonly Linear attended;
    private readonly LayerNorm norm2;
    private readonly Linear widen;
    private readonly Linear narrow;

    public TextLayer(int width, int heads)
        : base(nameof(TextLayer))
    {
        this.heads = heads;
        norm1 = LayerNorm(width);
        qkv = Linear(width, 3 * width);
        attended = Linear(width, width);
        norm2 = LayerNorm(width);
        widen = Linear(width, 2 * width);
        narrow = Linear(2 * width, width);
        RegisterComponents();
    }

    /// <summary>One layer.</summary>
    /// <param name="h">[prompts, length, width].</param>
    /// <param name="bias">Added to the attention's logits, [prompts, 1, 1, length]: 0, or very negative at padding.</param>
    public override Tensor forward(Tensor h, Tensor bias)
    {
        using DisposeScope scope = NewDisposeScope();
        long prompts = h.shape[0];
        long length = h.shape[1];
        long width = h.shape[2];
        Tensor[] parts = qkv.forward(norm1.forward(h)).view(prompts, length, 3, heads, width / heads).permute(2, 0, 3, 1, 4).unbind(0);
        Tensor logits = (parts[0].matmul(parts[1].transpose(-2, -1)) / Math.Sqrt(width / heads)) + bias;
        Tensor mixed = logits.softmax(-1).matmul(parts[2]).transpose(1, 2).reshape(prompts, length, width);
        h = h + attended.forward(mixed);
        return (h + narrow.forward(functional.gelu(widen.forward(norm2.forward(h))))).MoveToOuterDisposeScope();
    }
}

using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>Causal self-attention and a perceptron, each behind a layer normalisation and added to its input.</summary>
internal sealed class ClipLayer
{
    private readonly ClipConfiguration configuration;
    private readonly LayerNorm layer_norm1;
    private readonly Linear q_proj;
    private readonly Linear k_proj;
    private readonly Linear v_proj;
    private readonly Linear out_proj;
    private readonly LayerNorm layer_norm2;
    private readonly Linear fc1;
    private readonly Linear fc2;

    /// <summary>Takes the weights.</summary>
    public ClipLayer(WeightReader weights, ClipConfiguration configuration)
    {
        this.configuration = configuration;
        int width = configuration.Width;
        WeightReader attention = weights.Scope("self_attn");
        layer_norm1 = new LayerNorm(weights.Scope(nameof(layer_norm1)), width, configuration.NormEpsilon);
        q_proj = new Linear(attention.Scope(nameof(q_proj)), width, width);
        k_proj = new Linear(attention.Scope(nameof(k_proj)), width, width);
        v_proj = new Linear(attention.Scope(nameof(v_proj)), width, width);
        out_proj = new Linear(attention.Scope(nameof(out_proj)), width, width);
        layer_norm2 = new LayerNorm(weights.Scope(nameof(layer_norm2)), width, configuration.NormEpsilon);
        fc1 = new Linear(weights.Scope("mlp.fc1"), width, configuration.InnerWidth);
        fc2 = new Linear(weights.Scope("mlp.fc2"), configuration.InnerWidth, width);
    }

    /// <summary>[n, positions, width] → the same shape.</summary>
    public Tensor Forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor normed = layer_norm1.Forward(x);
        Tensor mixed = Attention.Forward(q_proj.Forward(normed), k_proj.Forward(normed), v_proj.Forward(normed), configuration.Heads, causal: true);
        x = x + out_proj.Forward(mixed);
        Tensor inner = fc1.Forward(layer_norm2.Forward(x));
        Tensor activated = configuration.HasQuickGelu ? inner * (1.702 * inner).sigmoid() : functional.gelu(inner);
        return (x + fc2.Forward(activated)).MoveToOuterDisposeScope();
    }
}

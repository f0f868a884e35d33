using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>Self-attention of one head over the pixels of a feature map, added to it.</summary>
/// <param name="weights">At the attention.</param>
/// <param name="channels">Of the feature map.</param>
/// <param name="groups">Of the norm.</param>
internal sealed class AutoencoderAttention(WeightReader weights, long channels, long groups)
{
    private readonly GroupNorm group_norm = new(weights.Scope(nameof(group_norm)), groups, channels, Autoencoder.NormEpsilon);
    private readonly Linear to_q = new(weights.Scope(nameof(to_q)), channels, channels);
    private readonly Linear to_k = new(weights.Scope(nameof(to_k)), channels, channels);
    private readonly Linear to_v = new(weights.Scope(nameof(to_v)), channels, channels);
    private readonly Linear to_out = new(weights.Scope("to_out.0"), channels, channels);

    /// <summary>[n, c, h, w] → the same shape.</summary>
    public Tensor Forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        (long n, long c, long height, long width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        Tensor tokens = group_norm.Forward(x).permute(0, 2, 3, 1).reshape(n, height * width, c);
        Tensor mixed = to_out.Forward(Attention.Forward(to_q.Forward(tokens), to_k.Forward(tokens), to_v.Forward(tokens), heads: 1));
        return mixed.view(n, height, width, c).permute(0, 3, 1, 2).add(x).MoveToOuterDisposeScope();
    }
}

using Sjc.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>The middle of the encoder and of the decoder: ResNet block, attention, ResNet block.</summary>
/// <param name="weights">At "encoder" or "decoder".</param>
/// <param name="side">"encoder" or "decoder".</param>
/// <param name="channels">Of the feature map.</param>
/// <param name="groups">Of the norms.</param>
internal sealed class AutoencoderMiddle(WeightReader weights, string side, long channels, long groups)
{
    private readonly ResNetBlock first = new(weights.Scope("mid_block.resnets.0"), channels, channels, timeWidth: null, groups, Autoencoder.NormEpsilon);
    private readonly AutoencoderAttention attention = new(weights.Scope("mid_block.attentions.0"), channels, groups);
    private readonly ResNetBlock second = new(weights.Scope("mid_block.resnets.1"), channels, channels, timeWidth: null, groups, Autoencoder.NormEpsilon);

    /// <summary>[n, c, h, w] → the same shape.</summary>
    public Tensor Forward(Tensor h, BlockObserver? observe)
    {
        using DisposeScope scope = NewDisposeScope();
        h = first.Forward(h);
        observe?.Invoke($"{side}.mid_block.resnets.0", h);
        h = attention.Forward(h);
        observe?.Invoke($"{side}.mid_block.attentions.0", h);
        h = second.Forward(h);
        observe?.Invoke($"{side}.mid_block", h);
        return h.MoveToOuterDisposeScope();
    }
}

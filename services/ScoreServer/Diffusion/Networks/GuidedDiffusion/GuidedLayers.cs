using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using Sjc.Diffusion.Networks.Unet;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.GuidedDiffusion;

/// <summary>Builds the layers of a guided-diffusion network.</summary>
internal sealed class GuidedLayers(GuidedDiffusionOptions options)
{
    /// <summary>Added to the variance of norms.</summary>
    private const double Epsilon = 1e-5;

    private readonly UnetBlockForm form = new()
    {
        Names = UnetBlockNames.GuidedDiffusion,
        EmbeddingWidth = 4 * options.Width,
        ScalesAndShifts = options.ScalesAndShifts,
        Epsilon = Epsilon,
    };

    /// <summary>A residual block.</summary>
    public Func<Tensor, Tensor, Tensor> Block(WeightReader weights, int inputs, int outputs) => new UnetBlock(weights, form, inputs, outputs).Forward;

    /// <summary>Self-attention.</summary>
    public Func<Tensor, Tensor, Tensor> Attention(WeightReader weights, int channels, bool decoder = false)
    {
        GroupNorm norm = Norm(weights.Scope("norm"), channels);
        QkvProjection qkv = new(weights.Scope("qkv"), channels, options.HeadsOf(channels, decoder), options.AttentionOrder);
        ImageAttention attention = new(norm, qkv, new Linear(weights.Scope("proj_out"), channels, channels).Forward);
        return (x, _) => attention.Forward(x);
    }

    /// <summary>Halves the resolution.</summary>
    public Func<Tensor, Tensor, Tensor> Down(WeightReader weights, int channels)
    {
        if (options.ResamplesInBlocks)
        {
            return new UnetBlock(weights, form, channels, channels, Resampling.Halved).Forward;
        }

        Conv2d convolution = new(weights.Scope("op"), channels, channels, 3, stride: 2);
        return (x, _) => convolution.Forward(x);
    }

    /// <summary>Doubles the resolution.</summary>
    public Func<Tensor, Tensor, Tensor> Up(WeightReader weights, int channels)
    {
        if (options.ResamplesInBlocks)
        {
            return new UnetBlock(weights, form, channels, channels, Resampling.Doubled).Forward;
        }

        Conv2d convolution = new(weights.Scope("conv"), channels, channels, 3);
        return (x, _) => convolution.Forward(Resampling.Doubled(x));
    }

    /// <summary>A norm.</summary>
    public GroupNorm Norm(WeightReader weights, int channels) => new(weights, form.Groups(channels), channels, Epsilon);
}

using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>Pictures to the mean and log variance of their latents.</summary>
internal sealed class AutoencoderEncoder
{
    private const string Side = "encoder";

    // Halving pads one pixel to the right and below alone.
    private static readonly long[] RightAndBelow = [0, 1, 0, 1];

    private readonly Conv2d conv_in;
    private readonly (ResNetBlock[] Resnets, Conv2d? Halve)[] levels;
    private readonly AutoencoderMiddle middle;
    private readonly GroupNorm conv_norm_out;
    private readonly Conv2d conv_out;
    private readonly Conv2d quant_conv;

    /// <summary>Takes the weights.</summary>
    public AutoencoderEncoder(WeightReader weights, AutoencoderConfiguration configuration)
    {
        WeightReader encoder = weights.Scope(Side);
        IReadOnlyList<int> channels = configuration.Channels;
        int groups = configuration.NormGroups;
        conv_in = new Conv2d(encoder.Scope(nameof(conv_in)), configuration.PixelChannels, channels[0], 3);
        levels = [.. channels.Select((width, level) => Level(encoder.Scope($"down_blocks.{level}"), configuration, level))];
        middle = new AutoencoderMiddle(encoder, Side, channels[^1], groups);
        conv_norm_out = new GroupNorm(encoder.Scope(nameof(conv_norm_out)), groups, channels[^1], Autoencoder.NormEpsilon);
        conv_out = new Conv2d(encoder.Scope(nameof(conv_out)), channels[^1], 2 * configuration.LatentChannels, 3);
        quant_conv = new Conv2d(weights.Scope(nameof(quant_conv)), 2 * configuration.LatentChannels, 2 * configuration.LatentChannels, 1);
    }

    /// <summary>[n, 3, h, w] → [n, 2 · latent channels, h / 8, w / 8]: mean, then log variance, both without scaling.</summary>
    public Tensor Forward(Tensor pixels, BlockObserver? observe)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = conv_in.Forward(Layout.ChannelsLast(pixels));
        for (int level = 0; level < levels.Length; level++)
        {
            h = Forward(level, h);
            observe?.Invoke($"{Side}.down_blocks.{level}", h);
        }

        h = middle.Forward(h, observe);
        h = conv_out.Forward(functional.silu(conv_norm_out.Forward(h), inplace: true));
        return quant_conv.Forward(h).contiguous().MoveToOuterDisposeScope();
    }

    private static (ResNetBlock[] Resnets, Conv2d? Halve) Level(WeightReader weights, AutoencoderConfiguration configuration, int level)
    {
        IReadOnlyList<int> channels = configuration.Channels;
        ResNetBlock[] resnets = [.. Enumerable.Range(0, configuration.LayersPerBlock).Select(j => new ResNetBlock(
            weights.Scope($"resnets.{j}"), channels[j > 0 ? level : Math.Max(0, level - 1)], channels[level], timeWidth: null, configuration.NormGroups, Autoencoder.NormEpsilon))];
        bool isLast = level == channels.Count - 1;
        return (resnets, isLast ? null : new Conv2d(weights.Scope("downsamplers.0.conv"), channels[level], channels[level], 3, stride: 2, padding: 0));
    }

    private Tensor Forward(int level, Tensor h)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (ResNetBlock resnet in levels[level].Resnets)
        {
            h = resnet.Forward(h);
        }

        return (levels[level].Halve is { } halve ? halve.Forward(functional.pad(h, RightAndBelow)) : h).MoveToOuterDisposeScope();
    }
}

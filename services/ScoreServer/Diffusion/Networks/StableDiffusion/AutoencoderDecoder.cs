using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>Latents to pictures.</summary>
internal sealed class AutoencoderDecoder
{
    private const string Side = "decoder";

    private readonly Conv2d post_quant_conv;
    private readonly Conv2d conv_in;
    private readonly AutoencoderMiddle middle;
    private readonly (ResNetBlock[] Resnets, Conv2d? Double)[] blocks;
    private readonly GroupNorm conv_norm_out;
    private readonly Conv2d conv_out;

    /// <summary>Takes the weights.</summary>
    public AutoencoderDecoder(WeightReader weights, AutoencoderConfiguration configuration)
    {
        WeightReader decoder = weights.Scope(Side);
        IReadOnlyList<int> channels = configuration.Channels;
        int groups = configuration.NormGroups;
        post_quant_conv = new Conv2d(weights.Scope(nameof(post_quant_conv)), configuration.LatentChannels, configuration.LatentChannels, 1);
        conv_in = new Conv2d(decoder.Scope(nameof(conv_in)), configuration.LatentChannels, channels[^1], 3);
        middle = new AutoencoderMiddle(decoder, Side, channels[^1], groups);
        blocks = [.. channels.Select((_, block) => Block(decoder.Scope($"up_blocks.{block}"), configuration, block))];
        conv_norm_out = new GroupNorm(decoder.Scope(nameof(conv_norm_out)), groups, channels[0], Autoencoder.NormEpsilon);
        conv_out = new Conv2d(decoder.Scope(nameof(conv_out)), channels[0], configuration.PixelChannels, 3);
    }

    /// <summary>[n, latent channels, h, w], without scaling → [n, 3, 8 h, 8 w].</summary>
    public Tensor Forward(Tensor latents, BlockObserver? observe)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = conv_in.Forward(post_quant_conv.Forward(Layout.ChannelsLast(latents)));
        observe?.Invoke($"{Side}.conv_in", h);
        h = middle.Forward(h, observe);
        for (int block = 0; block < blocks.Length; block++)
        {
            h = Forward(block, h);
            observe?.Invoke($"{Side}.up_blocks.{block}", h);
        }

        h = conv_out.Forward(functional.silu(conv_norm_out.Forward(h), inplace: true));
        return h.contiguous().MoveToOuterDisposeScope();
    }

    private static (ResNetBlock[] Resnets, Conv2d? Double) Block(WeightReader weights, AutoencoderConfiguration configuration, int block)
    {
        // Blocks are numbered from the lowest resolution, levels from the highest.
        IReadOnlyList<int> channels = configuration.Channels;
        int level = channels.Count - 1 - block;
        int below = channels[Math.Min(level + 1, channels.Count - 1)];
        ResNetBlock[] resnets = [.. Enumerable.Range(0, configuration.LayersPerBlock + 1).Select(j => new ResNetBlock(
            weights.Scope($"resnets.{j}"), j == 0 ? below : channels[level], channels[level], timeWidth: null, configuration.NormGroups, Autoencoder.NormEpsilon))];
        return (resnets, level == 0 ? null : new Conv2d(weights.Scope("upsamplers.0.conv"), channels[level], channels[level], 3));
    }

    private Tensor Forward(int block, Tensor h)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (ResNetBlock resnet in blocks[block].Resnets)
        {
            Tensor next = resnet.Forward(h);

            // At full resolution one feature map of a 512×512 picture takes 128 MiB: let go of each as soon as the next is there.
            h.Dispose();
            h = next;
        }

        return (blocks[block].Double is { } conv ? conv.Forward(Resampling.Doubled(h)) : h).MoveToOuterDisposeScope();
    }
}

using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>The UNet of Stable Diffusion 1.x and 2.x (Rombach et al. 2022), with the names of diffusers.</summary>
public sealed class UNet : IDisposable
{
    private readonly WeightSet weights;
    private readonly ScalarType dataType;
    private readonly Device device;
    private readonly SinusoidalEmbedding timesteps;
    private readonly Linear linear_1;
    private readonly Linear linear_2;
    private readonly Conv2d conv_in;
    private readonly UNetLevel[] down_blocks;
    private readonly ResNetBlock[] midResnets;
    private readonly SpatialTransformer midAttention;
    private readonly UNetLevel[] up_blocks;
    private readonly GroupNorm conv_norm_out;
    private readonly Conv2d conv_out;

    /// <summary>Takes the weights.</summary>
    /// <param name="reader">At the UNet; the caller requires that it has no faults.</param>
    /// <param name="configuration">The sizes.</param>
    public UNet(WeightReader reader, UNetConfiguration configuration)
    {
        Configuration = configuration;
        weights = reader.Weights;
        (dataType, device) = (reader.DataType, reader.Device);
        int levels = configuration.Channels.Count;
        int first = configuration.Channels[0];
        int last = configuration.Channels[^1];
        timesteps = SinusoidalEmbedding.Diffusion(first);
        linear_1 = new Linear(reader.Scope("time_embedding.linear_1"), first, configuration.TimeWidth);
        linear_2 = new Linear(reader.Scope("time_embedding.linear_2"), configuration.TimeWidth, configuration.TimeWidth);
        conv_in = new Conv2d(reader.Scope(nameof(conv_in)), configuration.InputChannels, first, 3);

        Stack<long> skips = new([first]);
        down_blocks = [.. Enumerable.Range(0, levels).Select(level => UNetLevel.Down(reader, configuration, level, skips))];
        midResnets = [.. Enumerable.Range(0, 2).Select(j => new ResNetBlock(
            reader.Scope($"mid_block.resnets.{j}"), last, last, configuration.TimeWidth, configuration.NormGroups, configuration.NormEpsilon))];
        midAttention = new SpatialTransformer(
            reader.Scope("mid_block.attentions.0"), last, configuration.ContextWidth, configuration.Heads[^1], configuration.TransformerDepth[^1], configuration.NormGroups);
        up_blocks = [.. Enumerable.Range(0, levels).Reverse().Select(level => UNetLevel.Up(reader, configuration, level, configuration.Channels[Math.Min(level + 1, levels - 1)], skips))];

        conv_norm_out = new GroupNorm(reader.Scope(nameof(conv_norm_out)), configuration.NormGroups, first, configuration.NormEpsilon);
        conv_out = new Conv2d(reader.Scope(nameof(conv_out)), first, configuration.OutputChannels, 3);
    }

    /// <summary>The sizes.</summary>
    public UNetConfiguration Configuration { get; }

    /// <summary>The raw network F: the noise ε or the velocity v, as it was trained.</summary>
    /// <param name="x">c_in·x, [n, input channels, h, w], of the network's type; h and w are multiples of 2^(levels − 1).</param>
    /// <param name="labels">The timestep of each row, [n].</param>
    /// <param name="context">The prompt's tokens, [n, tokens, context width].</param>
    /// <param name="observe">Told of each block's result.</param>
    /// <returns>[n, output channels, h, w], in the caller's dispose scope.</returns>
    public Tensor Forward(Tensor x, ReadOnlySpan<double> labels, Tensor context, BlockObserver? observe = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor embedding = linear_2.Forward(functional.silu(linear_1.Forward(timesteps.Forward(labels, dataType, device))));
        observe?.Invoke("time_embedding", embedding);
        Tensor time = functional.silu(embedding);

        Tensor h = conv_in.Forward(Layout.ChannelsLast(x));
        observe?.Invoke("conv_in", h);
        Stack<Tensor> skips = new([h]);
        foreach (UNetLevel level in down_blocks)
        {
            h = level.Forward(h, time, context, skips, observe);
        }

        h = Middle(h, time, context, observe);
        foreach (UNetLevel level in up_blocks)
        {
            h = level.Forward(h, time, context, skips, observe);
        }

        h = conv_out.Forward(functional.silu(conv_norm_out.Forward(h), inplace: true));
        observe?.Invoke("conv_out", h);
        return h.contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Weights in all.</summary>
    public long ParameterCount => weights.ElementCount;

    /// <inheritdoc/>
    public void Dispose() => weights.Dispose();

    private Tensor Middle(Tensor h, Tensor time, Tensor context, BlockObserver? observe)
    {
        h = midResnets[0].Forward(h, time);
        observe?.Invoke("mid_block.resnets.0", h);
        h = midAttention.Forward(h, context);
        observe?.Invoke("mid_block.attentions.0", h);
        h = midResnets[1].Forward(h, time);
        observe?.Invoke("mid_block.resnets.1", h);
        observe?.Invoke("mid_block", h);
        return h;
    }
}

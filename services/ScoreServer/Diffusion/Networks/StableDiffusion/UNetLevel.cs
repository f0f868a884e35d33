using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>The ResNet blocks of one resolution on one side of a UNet, each followed by a transformer where the level has any.</summary>
internal sealed class UNetLevel
{
    private readonly string name;
    private readonly List<ResNetBlock> resnets = [];
    private readonly List<SpatialTransformer> attentions = [];
    private readonly Conv2d? resample;
    private readonly bool isUp;

    private UNetLevel(WeightReader weights, string name, UNetConfiguration configuration, int level, IEnumerable<(long Inputs, long Outputs)> blocks, bool isUp)
    {
        this.name = name;
        this.isUp = isUp;
        WeightReader scope = weights.Scope(name);
        long channels = configuration.Channels[level];
        bool attends = isUp ? configuration.UpAttention[level] : configuration.DownAttention[level];
        foreach ((long inputs, long outputs) in blocks)
        {
            int j = resnets.Count;
            resnets.Add(new ResNetBlock(scope.Scope($"resnets.{j}"), inputs, outputs, configuration.TimeWidth, configuration.NormGroups, configuration.NormEpsilon));
            if (attends)
            {
                attentions.Add(new SpatialTransformer(
                    scope.Scope($"attentions.{j}"), channels, configuration.ContextWidth, configuration.Heads[level], configuration.TransformerDepth[level], configuration.NormGroups));
            }
        }

        bool isOutermost = isUp ? level == 0 : level == configuration.Channels.Count - 1;
        resample = isOutermost ? null : new Conv2d(scope.Scope(isUp ? "upsamplers.0.conv" : "downsamplers.0.conv"), channels, channels, 3, stride: isUp ? 1 : 2);
    }

    /// <summary>A level on the way down.</summary>
    /// <param name="weights">At the UNet.</param>
    /// <param name="configuration">Of the UNet.</param>
    /// <param name="level">From 0, full resolution.</param>
    /// <param name="skips">Channels of the results kept so far; those of this level are pushed.</param>
    public static UNetLevel Down(WeightReader weights, UNetConfiguration configuration, int level, Stack<long> skips)
    {
        long channels = configuration.Channels[level];
        List<(long, long)> blocks = [];
        for (int j = 0; j < configuration.LayersPerBlock; j++)
        {
            blocks.Add((skips.Peek(), channels));
            skips.Push(channels);
        }

        UNetLevel built = new(weights, $"down_blocks.{level}", configuration, level, blocks, isUp: false);
        if (built.resample is not null)
        {
            skips.Push(channels);
        }

        return built;
    }

    /// <summary>A level on the way up, which takes one kept result a block.</summary>
    /// <param name="weights">At the UNet.</param>
    /// <param name="configuration">Of the UNet.</param>
    /// <param name="level">From 0, full resolution; the first level on the way up is the last one down.</param>
    /// <param name="inputs">Channels of what comes up from below.</param>
    /// <param name="skips">Channels of the results kept; those of this level are popped.</param>
    public static UNetLevel Up(WeightReader weights, UNetConfiguration configuration, int level, long inputs, Stack<long> skips)
    {
        long channels = configuration.Channels[level];
        List<(long, long)> blocks = [];
        for (int j = 0; j <= configuration.LayersPerBlock; j++)
        {
            blocks.Add(((j == 0 ? inputs : channels) + skips.Pop(), channels));
        }

        return new UNetLevel(weights, $"up_blocks.{configuration.Channels.Count - 1 - level}", configuration, level, blocks, isUp: true);
    }

    /// <summary>One level.</summary>
    /// <param name="h">[n, inputs, h, w].</param>
    /// <param name="time">SiLU of the timestep's embedding.</param>
    /// <param name="context">The prompt's tokens.</param>
    /// <param name="skips">Pushed on the way down, popped on the way up.</param>
    /// <param name="observe">Told of each result.</param>
    /// <returns>[n, channels, h', w'], where the resolution is halved or doubled but for the outermost levels.</returns>
    public Tensor Forward(Tensor h, Tensor time, Tensor context, Stack<Tensor> skips, BlockObserver? observe)
    {
        for (int j = 0; j < resnets.Count; j++)
        {
            h = resnets[j].Forward(isUp ? cat([h, skips.Pop()], 1) : h, time);
            observe?.Invoke($"{name}.resnets.{j}", h);
            if (attentions.Count > 0)
            {
                h = attentions[j].Forward(h, context);
                observe?.Invoke($"{name}.attentions.{j}", h);
            }

            Keep(h, skips);
        }

        if (resample is not null)
        {
            h = resample.Forward(isUp ? Layout.ChannelsLast(Resampling.Doubled(h)) : h);
            Keep(h, skips);
        }

        observe?.Invoke(name, h);
        return h;
    }

    private void Keep(Tensor h, Stack<Tensor> skips)
    {
        if (!isUp)
        {
            skips.Push(h);
        }
    }
}

using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.GuidedDiffusion;

/// <summary>The half that guided diffusion's UNet and classifier share: embedding of the timestep, input_blocks, middle_block.</summary>
internal sealed class GuidedEncoder
{
    private readonly SinusoidalEmbedding sinusoids;
    private readonly Linear embed0;
    private readonly Linear embed2;
    private readonly List<GuidedStage> stages = [];
    private readonly GuidedStage middle;

    /// <summary>Takes the weights.</summary>
    public GuidedEncoder(WeightReader reader, GuidedDiffusionOptions options, GuidedLayers layers)
    {
        sinusoids = SinusoidalEmbedding.Diffusion(options.Width);
        embed0 = new Linear(reader.Scope("time_embed.0"), options.Width, 4 * options.Width);
        embed2 = new Linear(reader.Scope("time_embed.2"), 4 * options.Width, 4 * options.Width);
        int channels = options.Channels(0);
        WeightReader Next() => reader.Scope($"input_blocks.{stages.Count}");
        void Add(int outputs, params Func<Tensor, Tensor, Tensor>[] row)
        {
            stages.Add(new GuidedStage($"input_blocks.{stages.Count}", row));
            channels = outputs;
            SkipChannels.Push(outputs);
        }

        Conv2d first = new(Next().Scope("0"), 3, channels, 3);
        Add(channels, (x, _) => first.Forward(x));
        for (int level = 0; level < options.Multipliers.Count; level++)
        {
            for (int i = 0; i < options.BlocksPerLevel; i++)
            {
                int outputs = options.Channels(level);
                Func<Tensor, Tensor, Tensor> block = layers.Block(Next().Scope("0"), channels, outputs);
                Add(outputs, options.AttentionLevels.Contains(level) ? [block, layers.Attention(Next().Scope("1"), outputs)] : [block]);
            }

            if (level < options.Multipliers.Count - 1)
            {
                Add(channels, layers.Down(Next().Scope("0"), channels));
            }
        }

        WeightReader at = reader.Scope("middle_block");
        middle = new GuidedStage(
            "middle_block",
            layers.Block(at.Scope("0"), channels, channels), layers.Attention(at.Scope("1"), channels), layers.Block(at.Scope("2"), channels, channels));
    }

    /// <summary>Channels of the stages' results, the last on top.</summary>
    public Stack<int> SkipChannels { get; } = new();

    /// <summary>time_embed of each row, [n, 4 · width].</summary>
    public Tensor Embed(ReadOnlySpan<double> timesteps, ScalarType dataType, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        return embed2.Forward(functional.silu(embed0.Forward(sinusoids.Forward(timesteps, dataType, device)))).MoveToOuterDisposeScope();
    }

    /// <summary>The middle's features, and those of each stage in the caller's dispose scope, the last on top.</summary>
    /// <param name="x">[n, 3, h, w].</param>
    /// <param name="embedding">[n, 4 · width], SiLU applied.</param>
    /// <param name="skips">Receives the stages' results.</param>
    /// <param name="trace">Told of each stage's result.</param>
    public Tensor Forward(Tensor x, Tensor embedding, Stack<Tensor> skips, Action<string, Tensor>? trace)
    {
        foreach (GuidedStage stage in stages)
        {
            x = stage.Forward(x, embedding);
            trace?.Invoke(stage.Name, x);
            skips.Push(x);
        }

        x = middle.Forward(x, embedding);
        trace?.Invoke(middle.Name, x);
        return x;
    }
}

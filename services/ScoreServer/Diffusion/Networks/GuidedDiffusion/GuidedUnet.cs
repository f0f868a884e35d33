using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using Sjc.Diffusion.Networks.Pixel;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.GuidedDiffusion;

/// <summary>The UNet of guided diffusion (Dhariwal and Nichol 2021), which predicts noise and, after it, variances.</summary>
internal sealed class GuidedUnet : PixelNetwork
{
    private readonly GuidedEncoder encoder;
    private readonly Embedding? classEmbedding;
    private readonly List<GuidedStage> decoder = [];
    private readonly GroupNorm norm;
    private readonly Conv2d output;

    /// <summary>Takes the weights.</summary>
    public GuidedUnet(WeightReader reader, GuidedUnetOptions options)
        : base(reader, options.ClassCount)
    {
        GuidedLayers layers = new(options);
        encoder = new GuidedEncoder(reader, options, layers);
        classEmbedding = ClassCount > 0 ? new Embedding(reader.Scope("label_emb"), ClassCount, 4 * options.Width) : null;
        int channels = BuildDecoder(reader, options, layers);
        norm = layers.Norm(reader.Scope("out.0"), channels);
        output = new Conv2d(reader.Scope("out.2"), channels, options.LearnsSigma ? 6 : 3, 3);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, ReadOnlySpan<double> labels, Tensor? classes) => Forward(x, labels, classes, null);

    /// <summary>The same, telling of intermediate results under the names of their modules.</summary>
    public Tensor Forward(Tensor x, ReadOnlySpan<double> labels, Tensor? classes, Action<string, Tensor>? trace)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor embedding = encoder.Embed(labels, DataType, Device);
        trace?.Invoke("time_embed", embedding);
        if (classEmbedding is not null)
        {
            embedding = embedding + classes!.matmul(classEmbedding.Table);
        }

        embedding = functional.silu(embedding);
        Stack<Tensor> skips = new();
        Tensor h = encoder.Forward(x, embedding, skips, trace);
        foreach (GuidedStage stage in decoder)
        {
            h = stage.ForwardJoined(h, skips.Pop(), embedding);
            trace?.Invoke(stage.Name, h);
        }

        return output.Forward(functional.silu(norm.Forward(h))).MoveToOuterDisposeScope();
    }

    private int BuildDecoder(WeightReader reader, GuidedUnetOptions options, GuidedLayers layers)
    {
        Stack<int> skips = encoder.SkipChannels;
        int channels = skips.Peek();
        for (int level = options.Multipliers.Count - 1; level >= 0; level--)
        {
            for (int i = 0; i <= options.BlocksPerLevel; i++)
            {
                string name = $"output_blocks.{decoder.Count}";
                int outputs = options.Channels(level);
                List<Func<Tensor, Tensor, Tensor>> row = [layers.Block(reader.Scope(name).Scope("0"), channels + skips.Pop(), outputs)];
                channels = outputs;
                if (options.AttentionLevels.Contains(level))
                {
                    row.Add(layers.Attention(reader.Scope(name).Scope("1"), channels, decoder: true));
                }

                if (level > 0 && i == options.BlocksPerLevel)
                {
                    row.Add(layers.Up(reader.Scope(name).Scope($"{row.Count}"), channels));
                }

                decoder.Add(new GuidedStage(name, row));
            }
        }

        return channels;
    }
}

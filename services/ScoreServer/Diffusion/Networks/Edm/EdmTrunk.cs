using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using Sjc.Diffusion.Networks.Unet;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.Edm;

/// <summary>Encoder and decoder of EDM's networks.</summary>
internal sealed class EdmTrunk : IDisposable
{
    private readonly EdmUnetOptions options;
    private readonly EdmBlocks blocks;
    private readonly FirResampling filter;
    private readonly Conv2d first;
    private readonly List<EdmEncoderLevel> encoder = [];
    private readonly List<EdmDecoderLevel> decoder = [];

    /// <summary>Takes the weights.</summary>
    /// <param name="reader">At the network: enc, dec.</param>
    /// <param name="options">Sizes.</param>
    /// <param name="blocks">Builds the blocks.</param>
    /// <param name="filter">Resamples; the trunk comes to own it.</param>
    public EdmTrunk(WeightReader reader, EdmUnetOptions options, EdmBlocks blocks, FirResampling filter)
    {
        this.options = options;
        this.blocks = blocks;
        this.filter = filter;
        first = new Conv2d(reader.Scope("enc").Scope(options.Name(0, "conv")), options.Channels, options.FirstChannels, 3);
        BuildDecoder(reader.Scope("dec"), BuildEncoder(reader.Scope("enc")));
    }

    /// <summary>Channels of the decoder's last features.</summary>
    public int LastChannels => options.Width * options.Multipliers[0];

    /// <summary>The output where the decoder makes it, else its last features.</summary>
    /// <param name="x">[n, channels, h, w].</param>
    /// <param name="embedding">[n, width], SiLU applied.</param>
    public Tensor Forward(Tensor x, Tensor embedding)
    {
        using DisposeScope scope = NewDisposeScope();
        Stack<Tensor> skips = new();
        Tensor pyramid = x;
        Tensor h = first.Forward(x);
        skips.Push(h);
        foreach (EdmEncoderLevel level in encoder)
        {
            if (level.Down is not null)
            {
                (h, pyramid) = SeeInput(level, level.Down.Forward(h, embedding), pyramid);
                skips.Push(h);
            }

            foreach (AttentiveBlock block in level.Blocks)
            {
                h = block.Forward(h, embedding);
                skips.Push(h);
            }
        }

        return Decode(h.alias(), skips, embedding).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => filter.Dispose();

    private (Tensor Features, Tensor Pyramid) SeeInput(EdmEncoderLevel level, Tensor h, Tensor pyramid)
    {
        switch (options.Input)
        {
            case SongInput.Skip:
                pyramid = filter.Halved(pyramid);
                return (h + level.Input!.Forward(pyramid), pyramid);
            case SongInput.Residual:
                h = (h + filter.HalvedUnpadded(level.Input!.Forward(pyramid))) * blocks.OutputScale;
                return (h, h.alias());
            default:
                return (h, pyramid);
        }
    }

    private Tensor Decode(Tensor h, Stack<Tensor> skips, Tensor embedding)
    {
        Tensor? output = null;
        foreach (EdmDecoderLevel level in decoder)
        {
            h = level.Before.Aggregate(h, (features, block) => block.Forward(features, embedding));
            h = level.Blocks.Aggregate(h, (features, block) => block.ForwardJoined(features, skips.Pop(), embedding));
            if (level.Output is not null)
            {
                Tensor made = level.Output.Forward(functional.silu(level.OutputNorm!.Forward(h)));
                output = output is null ? made : filter.Doubled(output) + made;
            }
        }

        return output ?? h;
    }

    private Stack<int> BuildEncoder(WeightReader reader)
    {
        int channels = options.FirstChannels;
        int pyramid = options.Channels;
        Stack<int> skips = new([channels]);
        for (int level = 0; level < options.Multipliers.Count; level++)
        {
            AttentiveBlock? down = null;
            Conv2d? input = null;
            if (level > 0)
            {
                down = blocks.Block(reader.Scope(options.Name(level, "down")), channels, channels, resampling: filter.Halved);
                input = Input(reader, level, pyramid, channels);
                pyramid = options.Input == SongInput.Residual ? channels : pyramid;
                skips.Push(channels);
            }

            List<AttentiveBlock> row = [];
            for (int i = 0; i < options.BlocksPerLevel; i++)
            {
                int outputs = options.Width * options.Multipliers[level];
                row.Add(blocks.Block(reader.Scope(options.Name(level, $"block{i}")), channels, outputs, options.Attends(level)));
                channels = outputs;
                skips.Push(channels);
            }

            encoder.Add(new EdmEncoderLevel(down, input, row));
        }

        return skips;
    }

    private Conv2d? Input(WeightReader reader, int level, int inputs, int outputs) => options.Input switch
    {
        SongInput.Skip => new Conv2d(reader.Scope(options.Name(level, "aux_skip")), inputs, outputs, 1),
        SongInput.Residual => new Conv2d(reader.Scope(options.Name(level, "aux_residual")), inputs, outputs, 3, padding: 1 + filter.Padding),
        _ => null,
    };

    private void BuildDecoder(WeightReader reader, Stack<int> skips)
    {
        int lowest = options.Multipliers.Count - 1;
        int channels = skips.Peek();
        for (int level = lowest; level >= 0; level--)
        {
            WeightReader At(string part) => reader.Scope(options.Name(level, part));
            AttentiveBlock[] before = level == lowest
                ? [blocks.Block(At("in0"), channels, channels, attends: true), blocks.Block(At("in1"), channels, channels)]
                : [blocks.Block(At("up"), channels, channels, resampling: filter.Doubled)];
            List<AttentiveBlock> row = [];
            for (int i = 0; i <= options.BlocksPerLevel; i++)
            {
                int outputs = options.Width * options.Multipliers[level];
                row.Add(blocks.Block(At($"block{i}"), channels + skips.Pop(), outputs, options.AttendsInDecoder(level, i)));
                channels = outputs;
            }

            bool makesOutput = options.MakesOutput(level);
            GroupNorm? norm = makesOutput ? blocks.Norm(At("aux_norm"), channels) : null;
            decoder.Add(new EdmDecoderLevel(before, row, norm, makesOutput ? new Conv2d(At("aux_conv"), channels, options.Outputs, 3) : null));
        }
    }
}

using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using Sjc.Diffusion.Networks.Pixel;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.Ncsn;

/// <summary>NCSNv2 (Song and Ermon 2020): a RefineNet that is told nothing of the noise; its output over σ is the score.</summary>
/// <remarks>F is the output before that division, of images in [−1, 1]: trained on images in [0, 1], the network maps them so itself.</remarks>
internal sealed class NcsnNetwork : PixelNetwork
{
    private readonly Func<Tensor, Tensor> activation;
    private readonly Conv2d first;
    private readonly List<NcsnBlock[]> encoder = [];
    private readonly List<RefineBlock> decoder = [];
    private readonly InstanceNormPlus norm;
    private readonly Conv2d last;

    /// <summary>Takes the weights.</summary>
    public NcsnNetwork(WeightReader reader, NcsnOptions options)
        : base(reader, classCount: 0)
    {
        activation = Function(options.Activation);
        int width = options.Width;
        first = new Conv2d(reader.Scope("begin_conv"), options.Channels, width, 3);
        IReadOnlyList<NcsnStage> stages = NcsnStage.Of(options.Depth);
        foreach (NcsnStage stage in stages)
        {
            WeightReader at = reader.Scope(stage.Name);
            (int inputs, int outputs) = (stage.Inputs * width, stage.Outputs * width);
            encoder.Add([
                new NcsnBlock(at.Scope("0"), inputs, outputs, stage.Halves, stage.Dilation, activation),
                new NcsnBlock(at.Scope("1"), outputs, outputs, false, stage.Dilation, activation)]);
        }

        for (int i = stages.Count - 1; i >= 0; i--)
        {
            int[] inputs = i == stages.Count - 1 ? [stages[i].Outputs * width] : [stages[i].Outputs * width, stages[i + 1].Refined * width];
            decoder.Add(new RefineBlock(reader.Scope(stages[i].Refine), inputs, stages[i].Refined * width, i == 0, activation));
        }

        norm = new InstanceNormPlus(reader.Scope("normalizer"), width);
        last = new Conv2d(reader.Scope("end_conv"), width, options.Channels, 3);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, ReadOnlySpan<double> labels, Tensor? classes)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = first.Forward(x);
        Stack<Tensor> skips = new();
        foreach (NcsnBlock[] stage in encoder)
        {
            h = stage.Aggregate(h, (features, block) => block.Forward(features));
            skips.Push(h);
        }

        h = decoder[0].Forward(skips.Pop());
        foreach (RefineBlock block in decoder.Skip(1))
        {
            h = block.Forward(skips.Pop(), h);
        }

        return last.Forward(activation(norm.Forward(h))).MoveToOuterDisposeScope();
    }

    private static Func<Tensor, Tensor> Function(NcsnActivation activation) => activation switch
    {
        NcsnActivation.Elu => x => functional.elu(x, 1.0),
        NcsnActivation.Relu => x => functional.relu(x),
        NcsnActivation.LeakyRelu => x => functional.leaky_relu(x, 0.2),
        _ => x => functional.silu(x),
    };
}

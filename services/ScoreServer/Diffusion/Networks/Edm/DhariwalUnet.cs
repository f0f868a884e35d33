using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using Sjc.Diffusion.Networks.Pixel;
using Sjc.Diffusion.Networks.Unet;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.Edm;

/// <summary>The network of guided diffusion (Dhariwal and Nichol 2021) as EDM builds and names it (Karras et al. 2022).</summary>
internal sealed class DhariwalUnet : PixelNetwork
{
    private const int HeadWidth = 64;

    private readonly SinusoidalEmbedding sinusoids;
    private readonly Linear map0;
    private readonly Linear map1;
    private readonly Linear? mapClass;
    private readonly EdmTrunk trunk;
    private readonly GroupNorm outputNorm;
    private readonly Conv2d output;

    /// <summary>Takes the weights.</summary>
    public DhariwalUnet(WeightReader reader, DhariwalUnetOptions options)
        : base(reader, options.ClassCount)
    {
        int embedding = options.Width * options.EmbeddingMultiplier;
        sinusoids = SinusoidalEmbedding.Diffusion(options.Width);
        map0 = new Linear(reader.Scope("map_layer0"), options.Width, embedding);
        map1 = new Linear(reader.Scope("map_layer1"), embedding, embedding);
        mapClass = options.ClassCount > 0 ? new Linear(reader.Scope("map_label"), options.ClassCount, embedding, bias: false) : null;
        UnetBlockForm form = new() { Names = UnetBlockNames.Edm, EmbeddingWidth = embedding, ScalesAndShifts = true, LeastGroupWidth = 4 };
        EdmBlocks blocks = new(form, channels => channels / HeadWidth);
        trunk = new EdmTrunk(reader, options, blocks, new FirResampling(reader, [1, 1]));
        outputNorm = blocks.Norm(reader.Scope("out_norm"), trunk.LastChannels);
        output = new Conv2d(reader.Scope("out_conv"), trunk.LastChannels, options.Outputs, 3);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, ReadOnlySpan<double> labels, Tensor? classes)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor embedding = map1.Forward(functional.silu(map0.Forward(sinusoids.Forward(labels, DataType, Device))));
        embedding = functional.silu(mapClass is null ? embedding : embedding + mapClass.Forward(classes!));
        Tensor h = trunk.Forward(x, embedding);
        return output.Forward(functional.silu(outputNorm.Forward(h))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        trunk.Dispose();
    }
}

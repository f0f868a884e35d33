using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using Sjc.Diffusion.Networks.Pixel;
using Sjc.Diffusion.Networks.Unet;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.Edm;

/// <summary>DDPM++ and NCSN++ (Song et al. 2021), with the tensor names of EDM (Karras et al. 2022).</summary>
internal sealed class SongUnet : PixelNetwork
{
    private readonly SinusoidalEmbedding? sinusoids;
    private readonly FourierEmbedding? fourier;
    private readonly Linear map0;
    private readonly Linear map1;
    private readonly Linear? mapClass;
    private readonly EdmTrunk trunk;

    /// <summary>Takes the weights.</summary>
    public SongUnet(WeightReader reader, SongUnetOptions options)
        : base(reader, options.ClassCount)
    {
        int features = options.Width * options.NoiseMultiplier;
        int embedding = options.Width * options.EmbeddingMultiplier;
        fourier = options.Fourier ? new FourierEmbedding(reader.Scope("map_noise"), "freqs", features / 2) : null;
        sinusoids = options.Fourier ? null : SinusoidalEmbedding.ScoreSde(features);
        mapClass = ClassCount > 0 ? new Linear(reader.Scope("map_label"), ClassCount, features) : null;
        map0 = new Linear(reader.Scope("map_layer0"), features, embedding);
        map1 = new Linear(reader.Scope("map_layer1"), embedding, embedding);
        UnetBlockForm form = new()
        {
            Names = UnetBlockNames.Edm,
            EmbeddingWidth = embedding,
            ScalesAndShifts = false,
            LeastGroupWidth = 4,
            Epsilon = 1e-6,
            OutputScale = options.OutputScale,
            ProjectsWhereResampling = true,
        };
        trunk = new EdmTrunk(reader, options, new EdmBlocks(form, _ => 1, options.SeparateQkv), new FirResampling(reader, options.Filter));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, ReadOnlySpan<double> labels, Tensor? classes)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor features = fourier?.Forward(labels, DataType, Device) ?? sinusoids!.Forward(labels, DataType, Device);
        if (mapClass is not null)
        {
            features = features + mapClass.Forward(classes! * Math.Sqrt(ClassCount));
        }

        Tensor embedding = functional.silu(map1.Forward(functional.silu(map0.Forward(features))));
        return trunk.Forward(x, embedding).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        trunk.Dispose();
    }
}

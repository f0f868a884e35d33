using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>Stable Diffusion 1.x and 2.x: a folder of diffusers, or a single file with the names of CompVis.</summary>
/// <remarks>Flags: <c>tokenizer</c> (PATH), <c>vae</c> (PATH), <c>prediction</c> (epsilon, v_prediction), <c>heads</c>, <c>head_width</c>, <c>text_heads</c>, <c>latent_size</c>,
/// <c>ema</c> (true: the moving averages), <c>config</c> (PATH of a single file's yaml), <c>variant</c>.</remarks>
internal sealed class StableDiffusionFamily : IModelFamily
{
    // Latents of pictures, scaled, have about unit variance; in the original nothing clamps them.
    private const float LatentRange = 6;

    /// <inheritdoc/>
    public string Kind => "stable-diffusion";

    /// <inheritdoc/>
    public bool Recognizes(CheckpointProbe probe)
    {
        if (!probe.IsFolder)
        {
            return probe.Weights?.Tensors.Keys.Any(name => name.StartsWith(CompVisNames.UNetRoot, StringComparison.Ordinal)) ?? false;
        }

        string? pipeline = probe.PartConfig("model_index.json")?.Text("_class_name", "");
        return pipeline is null
            ? probe.PartConfig("unet/config.json")?.Text("_class_name", "") == UNetConfiguration.ClassName
            : pipeline == DiffusersLayout.PipelineClass;
    }

    /// <inheritdoc/>
    public ModelInspection Inspect(CheckpointProbe probe, ModelLoadOptions options)
    {
        StableDiffusionFiles files = StableDiffusionFiles.Read(probe);
        return new ModelInspection
        {
            Kind = Kind,
            Variant = Variant(files),
            Parts = files.Describe(),
            DataShape = files.DataShape,
            DataSpace = DataSpace.Latent,
            SigmaMin = files.Schedule.Ladder.SigmaMin,
            SigmaMax = files.Schedule.Ladder.SigmaMax,
            Conditioning = ConditioningKind.Prompt,
            ComputeType = options.EffectiveComputeType,
            Settings = files.Settings,
        };
    }

    /// <inheritdoc/>
    public IDenoiser Load(CheckpointProbe probe, ModelLoadOptions options)
    {
        StableDiffusionFiles files = StableDiffusionFiles.Read(probe);
        ClipTokenizer tokenizer = LoadTokenizer(files, probe.Name);
        ScalarType dataType = options.EffectiveComputeType;
        Device device = torch.device(options.Device);
        List<IDisposable> loaded = [];
        try
        {
            ClipTextEncoder text = Keep(files.LoadTextEncoder(dataType, device));
            Autoencoder autoencoder = Keep(files.LoadAutoencoder(dataType, device));
            UNet unet = Keep(files.LoadUNet(dataType, device));
            return new StableDiffusionDenoiser(new StableDiffusionNetworks(unet, text, autoencoder), tokenizer, files.Schedule, Describe(files, tokenizer, options, unet, text, autoencoder));
        }
        catch
        {
            loaded.ForEach(network => network.Dispose());
            throw;
        }

        T Keep<T>(T network)
            where T : IDisposable
        {
            loaded.Add(network);
            return network;
        }
    }

    private static string Variant(StableDiffusionFiles files) =>
        $"SD {(files.TextConfiguration.HasQuickGelu ? "1.x" : "2.x")}, predicts {(files.Schedule.PredictsVelocity ? "v" : "ε")}";

    private static ClipTokenizer LoadTokenizer(StableDiffusionFiles files, string name)
    {
        if (files.TokenizerPath is not { } path)
        {
            throw new ArgumentException($"tokenizer must name the folder of CLIP's vocab.json and merges.txt (or lie beside {name} as \"tokenizer\"), but is not given.", nameof(files));
        }

        ClipTokenizer tokenizer = ClipTokenizer.Load(path, files.TextConfiguration.Positions, files.PadsWithZero);
        return tokenizer.TokenCount == files.TextConfiguration.VocabularySize
            ? tokenizer
            : throw new InvalidDataException($"The tokenizer {path} must have the text encoder's {files.TextConfiguration.VocabularySize} tokens, but has {tokenizer.TokenCount}.");
    }

    private DenoiserDescription Describe(StableDiffusionFiles files, ClipTokenizer tokenizer, ModelLoadOptions options, UNet unet, ClipTextEncoder text, Autoencoder autoencoder) => new()
    {
        Name = Kind,
        Kind = Kind,
        Summary = $"{Variant(files)}; pictures of {files.LatentSize * files.AutoencoderConfiguration.Downsampling} pixels across.",
        DataShape = files.DataShape,
        DataSpace = DataSpace.Latent,
        ValueMin = -LatentRange,
        ValueMax = LatentRange,
        SigmaMin = files.Schedule.Ladder.SigmaMin,
        SigmaMax = files.Schedule.Ladder.SigmaMax,
        SigmaLadder = files.Schedule.Ladder.Sigmas,
        Conditioning = ConditioningKind.Prompt,
        MaxPromptTokens = tokenizer.MaxLength,
        Device = options.Device,
        HasFixedShapes = true,
        ComputeType = options.EffectiveComputeType,
        ParameterCount = unet.ParameterCount + text.ParameterCount + autoencoder.ParameterCount,
        ExamplePrompts = ["A high quality photo of a delicious burger"],
    };
}

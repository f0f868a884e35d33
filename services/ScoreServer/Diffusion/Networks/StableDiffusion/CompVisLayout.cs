using Sjc.Diffusion.Checkpoints;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>A single file with the names of CompVis, and beside it the yaml of its training, where it is at hand.</summary>
internal static class CompVisLayout
{
    // Width of the prompt's tokens of the two real families, whose head counts are known.
    private const int FirstFamilyContext = 768;
    private const int SecondFamilyContext = 1024;
    private const int RealModelChannels = 320;
    private const int RealHeads = 8;
    private const int RealHeadWidth = 64;

    // Of SD 2.x's v-predicting models of 768 pixels.
    private const int LargeSampleSize = 96;

    private const string ClipTokenEmbedding = $"{CompVisNames.ClipRoot}text_model.embeddings.token_embedding.weight";
    private const string OpenClipTokenEmbedding = $"{CompVisNames.OpenClipRoot}token_embedding.weight";

    /// <summary>Finds the networks.</summary>
    /// <exception cref="InvalidDataException">A part is missing, unsupported or contradicts itself.</exception>
    /// <exception cref="ArgumentException">An option is missing that the files do not tell.</exception>
    public static StableDiffusionFiles Read(CheckpointProbe probe)
    {
        ITensorStore store = probe.Weights!;
        ModelConfig? model = probe.Config?.Section("model.params");
        (ClipConfiguration text, NetworkSource textSource) = ReadText(probe, store, model);
        PredictionSchedule schedule = ReadSchedule(probe, model, text.Width);
        UNetConfiguration unet = WithHeads(probe, model, CompVisShapes.UNet(store)) with
        {
            SampleSize = schedule.PredictsVelocity && text.Width == SecondFamilyContext ? LargeSampleSize : 64,
        };
        (AutoencoderConfiguration autoencoder, NetworkSource autoencoderSource) = AutoencoderFiles.Override(probe) ?? ReadAutoencoder(store, model);
        bool usesAverages = probe.Flag("ema", "true", "false") == "true";
        return new StableDiffusionFiles
        {
            UNetConfiguration = unet.Checked(probe.Name),
            UNetSource = OfUNet(store, unet, usesAverages),
            TextConfiguration = text,
            TextSource = textSource,
            AutoencoderConfiguration = autoencoder,
            AutoencoderSource = autoencoderSource,
            Schedule = schedule,
            TokenizerPath = probe.Flag("tokenizer") ?? (Directory.Exists(Path.Combine(probe.Folder, "tokenizer")) ? Path.Combine(probe.Folder, "tokenizer") : null),
            PadsWithZero = !text.HasQuickGelu,
            LatentSize = StableDiffusionFiles.ReadLatentSize(probe, unet),
            Settings = new Dictionary<string, string>
            {
                ["layout"] = "single file, CompVis names",
                ["prediction"] = schedule.PredictsVelocity ? "v" : "epsilon",
                ["heads"] = string.Join(", ", unet.Heads),
                ["text_heads"] = $"{text.Heads}",
                ["weights"] = usesAverages ? "moving averages" : "as trained",
            },
        };
    }

    /// <summary>The text encoder of a single file, alone or with the other networks.</summary>
    public static (ClipConfiguration Configuration, NetworkSource Source) ReadText(CheckpointProbe probe, ITensorStore store, ModelConfig? model)
    {
        if (store.Tensors.ContainsKey(ClipTokenEmbedding))
        {
            ClipConfiguration clip = CompVisShapes.Clip(store);
            clip = clip with { Heads = TextHeads(probe, clip.Width, FirstFamilyContext) };
            return (clip.Checked(probe.Name), OfText(store, clip));
        }

        if (!store.Tensors.ContainsKey(OpenClipTokenEmbedding))
        {
            throw new InvalidDataException($"{probe.Name} must hold a text encoder ({ClipTokenEmbedding} or {OpenClipTokenEmbedding}), but does not.");
        }

        bool isPenultimate = model?.Section("cond_stage_config.params")?.Text("layer", "last") is null or "penultimate";
        ClipConfiguration open = CompVisShapes.OpenClip(store, isPenultimate);
        open = (open with { Heads = TextHeads(probe, open.Width, SecondFamilyContext) }).Checked(probe.Name);
        return (open, OfText(store, open));
    }

    /// <summary>The tensors of a text encoder of a single file.</summary>
    public static NetworkSource OfText(ITensorStore store, ClipConfiguration configuration)
    {
        if (store.Tensors.ContainsKey(ClipTokenEmbedding))
        {
            return new NetworkSource(store, name => CompVisNames.ClipRoot + name, MayIgnoreOutside(CompVisNames.ClipRoot));
        }

        string unused = $"{CompVisNames.OpenClipRoot}transformer.resblocks.{configuration.Layers}.";
        Func<string, bool> mayIgnore = MayIgnoreOutside(CompVisNames.OpenClipRoot);
        return new NetworkSource(new StackedStore(store), OpenClipNames.Of(configuration.Layers).Translate, name => mayIgnore(name) || name.StartsWith(unused, StringComparison.Ordinal));
    }

    /// <summary>The autoencoder of a single file.</summary>
    public static (AutoencoderConfiguration Configuration, NetworkSource Source) ReadAutoencoder(ITensorStore store, ModelConfig? model)
    {
        AutoencoderConfiguration sizes = CompVisShapes.Autoencoder(store, CompVisNames.AutoencoderRoot);
        if (model is not null)
        {
            sizes = sizes with { ScalingFactor = AutoencoderConfiguration.FromCompVis(model).ScalingFactor };
        }

        return (sizes, new NetworkSource(store, CompVisNames.OfAutoencoder(sizes).Translate, MayIgnoreOutside(CompVisNames.AutoencoderRoot)));
    }

    /// <summary>The UNet of a single file.</summary>
    /// <param name="store">Holds the tensors.</param>
    /// <param name="configuration">The sizes.</param>
    /// <param name="usesAverages">Read the moving averages instead of the weights as trained.</param>
    public static NetworkSource OfUNet(ITensorStore store, UNetConfiguration configuration, bool usesAverages) => usesAverages
        ? new NetworkSource(store, CompVisNames.OfAverages(configuration), name => !name.StartsWith(CompVisNames.AverageRoot, StringComparison.Ordinal) || name is "model_ema.decay" or "model_ema.num_updates")
        : new NetworkSource(store, CompVisNames.OfUNet(configuration).Translate, name => CompVisNames.IsSpare(name)
            || name.StartsWith("first_stage_model.", StringComparison.Ordinal) || name.StartsWith("cond_stage_model.", StringComparison.Ordinal));

    private static Func<string, bool> MayIgnoreOutside(string root) => name => !name.StartsWith(root, StringComparison.Ordinal) || CompVisNames.IsSpare(name);

    private static int TextHeads(CheckpointProbe probe, int width, int realWidth) => StableDiffusionFiles.WholeNumber(probe, "text_heads") ?? (width == realWidth
        ? width / RealHeadWidth
        : throw new ArgumentException($"text_heads must be given for a text encoder of width {width}, since the weights of {probe.Name} do not tell it, but is not.", nameof(probe)));

    private static PredictionSchedule ReadSchedule(CheckpointProbe probe, ModelConfig? model, int textWidth)
    {
        string? prediction = PredictionSchedule.Flag(probe);
        if (model is not null)
        {
            return PredictionSchedule.FromCompVis(model, prediction);
        }

        return prediction is not null || textWidth == FirstFamilyContext
            ? PredictionSchedule.FromDiffusers(null, prediction)
            : throw new ArgumentException($"prediction must be given, epsilon or v_prediction, since {probe.Name} does not tell it and has no yaml beside it, but is not.", nameof(probe));
    }

    /// <summary>Heads of each level: by flag, else by the yaml, else as the two real families have them.</summary>
    private static UNetConfiguration WithHeads(CheckpointProbe probe, ModelConfig? model, UNetConfiguration sizes)
    {
        ModelConfig? unet = model?.Section("unet_config.params");
        if (unet is not null)
        {
            RequireAgreement(unet, sizes);
        }

        bool isReal = sizes.Channels[0] == RealModelChannels;
        int? heads = StableDiffusionFiles.WholeNumber(probe, "heads");
        int? width = StableDiffusionFiles.WholeNumber(probe, "head_width");
        if (heads is null && width is null && unet is not null)
        {
            heads = unet.Has("num_heads") && unet.WholeNumber("num_heads", -1) > 0 ? unet.WholeNumber("num_heads", 0) : null;
            width = unet.Has("num_head_channels") && unet.WholeNumber("num_head_channels", -1) > 0 ? unet.WholeNumber("num_head_channels", 0) : null;
        }

        if (heads is null && width is null && isReal)
        {
            heads = sizes.ContextWidth == FirstFamilyContext ? RealHeads : null;
            width = sizes.ContextWidth == SecondFamilyContext ? RealHeadWidth : null;
        }

        if (heads is null && width is null)
        {
            throw new ArgumentException($"heads or head_width must be given, since the weights of {probe.Name} do not tell the UNet's attention heads and no yaml is beside it, but is not.", nameof(probe));
        }

        return sizes with { Heads = [.. sizes.Channels.Select(channels => width is int w ? Math.Max(1, channels / w) : heads!.Value)] };
    }

    /// <summary>Requires that the yaml is that of these weights.</summary>
    private static void RequireAgreement(ModelConfig unet, UNetConfiguration sizes)
    {
        (string Key, int Found)[] fields =
        [
            ("in_channels", sizes.InputChannels), ("out_channels", sizes.OutputChannels), ("model_channels", sizes.Channels[0]),
            ("num_res_blocks", sizes.LayersPerBlock), ("context_dim", sizes.ContextWidth), ("transformer_depth", sizes.TransformerDepth[0]),
        ];
        foreach ((string key, int found) in fields)
        {
            if (unet.WholeNumber(key, found) is var given && given != found)
            {
                throw new InvalidDataException($"{key} of {unet.Name} must be that of the weights ({found}), but is {given}.");
            }
        }
    }
}

using Sjc.Diffusion.Checkpoints;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>A pipeline's folder as diffusers writes it: unet, vae, text_encoder, tokenizer, scheduler.</summary>
internal static class DiffusersLayout
{
    /// <summary>The class of the pipeline.</summary>
    public const string PipelineClass = "StableDiffusionPipeline";

    /// <summary>Finds the networks.</summary>
    /// <exception cref="InvalidDataException">A part is missing, unsupported or contradicts itself.</exception>
    public static StableDiffusionFiles Read(CheckpointProbe probe)
    {
        probe.PartConfig("model_index.json")?.RequireText("_class_name", PipelineClass);
        UNetConfiguration unet = UNetConfiguration.FromDiffusers(RequiredConfig(probe, "unet/config.json"));

        // Each part's files before the next part's: what is damaged is named before what is missing.
        ITensorStore unetStore = RequiredPart(probe, "unet");
        ClipConfiguration text = ClipConfiguration.FromTransformers(RequiredConfig(probe, "text_encoder/config.json"));
        PredictionSchedule schedule = PredictionSchedule.FromDiffusers(probe.PartConfig("scheduler/scheduler_config.json"), PredictionSchedule.Flag(probe));
        (AutoencoderConfiguration autoencoder, NetworkSource autoencoderSource) = AutoencoderFiles.Override(probe) ?? AutoencoderFiles.OfFolder(
            RequiredConfig(probe, "vae/config.json"), RequiredPart(probe, "vae"));
        return new StableDiffusionFiles
        {
            UNetConfiguration = unet,
            UNetSource = new NetworkSource(unetStore, null, CompVisNames.IsSpare),
            TextConfiguration = text,
            TextSource = new NetworkSource(RequiredPart(probe, "text_encoder"), null, CompVisNames.IsSpare),
            AutoencoderConfiguration = autoencoder,
            AutoencoderSource = autoencoderSource,
            Schedule = schedule,
            TokenizerPath = probe.Flag("tokenizer") ?? Path.Combine(probe.FullPath, "tokenizer"),
            PadsWithZero = false,
            LatentSize = StableDiffusionFiles.ReadLatentSize(probe, unet),
            Settings = new Dictionary<string, string> { ["layout"] = "diffusers", ["prediction"] = schedule.PredictsVelocity ? "v" : "epsilon" },
        };
    }

    private static ModelConfig RequiredConfig(CheckpointProbe probe, string path) =>
        probe.PartConfig(path) ?? throw new InvalidDataException($"{probe.Name} must hold {path}, but does not.");

    private static ITensorStore RequiredPart(CheckpointProbe probe, string part) =>
        probe.OpenPart(part) ?? throw new InvalidDataException($"{probe.Name} must hold weights in {part}, but does not.");
}

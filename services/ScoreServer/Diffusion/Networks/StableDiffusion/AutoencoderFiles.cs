using Sjc.Diffusion.Checkpoints;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>An autoencoder's tensors under any of their three namings.</summary>
internal static class AutoencoderFiles
{
    private const string OldAttentionName = "encoder.mid_block.attentions.0.query.weight";
    private const string CompVisName = "encoder.down.0.block.0.norm1.weight";

    /// <summary>The one that the flag <c>vae=PATH</c> names: a folder of diffusers, or a single file with CompVis names without a prefix.</summary>
    /// <returns>Null where the flag is not given.</returns>
    public static (AutoencoderConfiguration Configuration, NetworkSource Source)? Override(CheckpointProbe probe)
    {
        if (probe.Flag("vae") is not { } path)
        {
            return null;
        }

        CheckpointProbe other = probe.OpenOther(path);
        ITensorStore store = other.Weights ?? other.OpenPart("vae") ?? throw new InvalidDataException($"{other.Name} must hold the weights of an autoencoder, but holds none.");
        ModelConfig? config = other.PartConfig("config.json") ?? other.PartConfig("vae/config.json");
        if (config is not null && !store.Tensors.ContainsKey(CompVisName))
        {
            return OfFolder(config, store);
        }

        AutoencoderConfiguration sizes = CompVisShapes.Autoencoder(store, "");
        return (sizes, OfStore(store, sizes));
    }

    /// <summary>Those of a diffusers folder.</summary>
    /// <param name="config">Its config.json.</param>
    /// <param name="store">Its weights.</param>
    public static (AutoencoderConfiguration Configuration, NetworkSource Source) OfFolder(ModelConfig config, ITensorStore store)
    {
        AutoencoderConfiguration configuration = AutoencoderConfiguration.FromDiffusers(config);
        return (configuration, OfStore(store, configuration));
    }

    /// <summary>A source that reads whichever names the store has, without a prefix.</summary>
    public static NetworkSource OfStore(ITensorStore store, AutoencoderConfiguration configuration)
    {
        Func<string, string>? names = store.Tensors.ContainsKey(CompVisName) ? CompVisNames.OfAutoencoder(configuration, "").Translate
            : store.Tensors.ContainsKey(OldAttentionName) ? CompVisNames.OfOldAutoencoder.Translate
            : null;
        return new NetworkSource(store, names, CompVisNames.IsSpare);
    }
}

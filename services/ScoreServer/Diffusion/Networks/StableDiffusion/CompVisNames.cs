namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>The names in single-file checkpoints of CompVis and Stability.</summary>
internal static class CompVisNames
{
    /// <summary>Of the UNet.</summary>
    public const string UNetRoot = "model.diffusion_model.";

    /// <summary>Of the autoencoder; a stand-alone one has none.</summary>
    public const string AutoencoderRoot = "first_stage_model.";

    /// <summary>Of SD 1.x's text encoder.</summary>
    public const string ClipRoot = "cond_stage_model.transformer.";

    /// <summary>Of SD 2.x's text encoder.</summary>
    public const string OpenClipRoot = "cond_stage_model.model.";

    /// <summary>Of moving averages of the UNet, whose names have lost their dots.</summary>
    public const string AverageRoot = "model_ema.";

    // What checkpoints hold besides weights: the schedule, counters of positions, parts of the text encoder that make no embedding, the autoencoder's training loss.
    private static readonly string[] SpareNames =
    [
        "betas", "alphas_cumprod", "alphas_cumprod_prev", "sqrt_alphas_cumprod", "sqrt_one_minus_alphas_cumprod", "log_one_minus_alphas_cumprod", "sqrt_recip_alphas_cumprod",
        "sqrt_recipm1_alphas_cumprod", "posterior_variance", "posterior_log_variance_clipped", "posterior_mean_coef1", "posterior_mean_coef2", "lvlb_weights", "logvar", "scale_factor",
        "global_step", "text_model.embeddings.position_ids", "cond_stage_model.transformer.text_model.embeddings.position_ids", "cond_stage_model.logit_scale", "cond_stage_model.text_projection",
        "cond_stage_model.model.logit_scale", "cond_stage_model.model.text_projection", "cond_stage_model.model.attn_mask", "logit_scale", "text_projection", "attn_mask",
    ];

    private static readonly string[] SpareRoots = [AverageRoot, "loss.", "first_stage_model.loss.", "model_ema_"];

    private static readonly (string, string)[] ResNetLayers =
    [
        ("norm1", "in_layers.0"), ("conv1", "in_layers.2"), ("time_emb_proj", "emb_layers.1"), ("norm2", "out_layers.0"), ("conv2", "out_layers.3"), ("conv_shortcut", "skip_connection"),
    ];

    private static readonly (string, string)[] AutoencoderLayers =
    [
        ("conv_shortcut", "nin_shortcut"), ("group_norm", "norm"), ("to_q", "q"), ("to_k", "k"), ("to_v", "v"), ("to_out.0", "proj_out"),
    ];

    // The attention of files that diffusers wrote before 0.12.
    private static readonly (string, string)[] OldAttentionLayers = [("to_q", "query"), ("to_k", "key"), ("to_v", "value"), ("to_out.0", "proj_attn")];

    /// <summary>Whether a tensor is none of a network's weights, and may be passed over.</summary>
    public static bool IsSpare(string name) => SpareNames.Contains(name) || SpareRoots.Any(root => name.StartsWith(root, StringComparison.Ordinal));

    /// <summary>Of the UNet.</summary>
    /// <param name="configuration">Its sizes: blocks are numbered through all levels.</param>
    /// <param name="root">Goes before each name.</param>
    public static NameMap OfUNet(UNetConfiguration configuration, string root = UNetRoot) => new(root, UNetBlocks(configuration), ResNetLayers);

    /// <summary>The UNet's moving averages.</summary>
    public static Func<string, string> OfAverages(UNetConfiguration configuration)
    {
        NameMap names = OfUNet(configuration, "diffusion_model.");
        return name => AverageRoot + names.Translate(name).Replace(".", "", StringComparison.Ordinal);
    }

    /// <summary>Of the autoencoder.</summary>
    /// <param name="configuration">Its sizes: the decoder's levels are numbered the other way round.</param>
    /// <param name="root">Goes before each name.</param>
    public static NameMap OfAutoencoder(AutoencoderConfiguration configuration, string root = AutoencoderRoot) => new(root, AutoencoderBlocks(configuration), AutoencoderLayers);

    /// <summary>Of diffusers' autoencoder with the old names of its attention.</summary>
    public static NameMap OfOldAutoencoder { get; } = new("", [("encoder.mid_block.attentions.0", "encoder.mid_block.attentions.0"), ("decoder.mid_block.attentions.0", "decoder.mid_block.attentions.0")], OldAttentionLayers);

    private static IEnumerable<(string, string)> UNetBlocks(UNetConfiguration configuration)
    {
        yield return ("time_embedding.linear_1", "time_embed.0");
        yield return ("time_embedding.linear_2", "time_embed.2");
        yield return ("conv_in", "input_blocks.0.0");
        yield return ("mid_block.resnets.0", "middle_block.0");
        yield return ("mid_block.attentions.0", "middle_block.1");
        yield return ("mid_block.resnets.1", "middle_block.2");
        yield return ("conv_norm_out", "out.0");
        yield return ("conv_out", "out.2");

        int layers = configuration.LayersPerBlock;
        int levels = configuration.Channels.Count;
        for (int l = 0; l < levels; l++)
        {
            int first = 1 + (l * (layers + 1));
            for (int j = 0; j < layers; j++)
            {
                yield return ($"down_blocks.{l}.resnets.{j}", $"input_blocks.{first + j}.0");
                yield return ($"down_blocks.{l}.attentions.{j}", $"input_blocks.{first + j}.1");
            }

            yield return ($"down_blocks.{l}.downsamplers.0.conv", $"input_blocks.{first + layers}.0.op");

            first = l * (layers + 1);
            for (int j = 0; j <= layers; j++)
            {
                yield return ($"up_blocks.{l}.resnets.{j}", $"output_blocks.{first + j}.0");
                yield return ($"up_blocks.{l}.attentions.{j}", $"output_blocks.{first + j}.1");
            }

            int upsampler = configuration.UpAttention[levels - 1 - l] ? 2 : 1;
            yield return ($"up_blocks.{l}.upsamplers.0.conv", $"output_blocks.{first + layers}.{upsampler}.conv");
        }
    }

    private static IEnumerable<(string, string)> AutoencoderBlocks(AutoencoderConfiguration configuration)
    {
        foreach (string side in (string[])["encoder", "decoder"])
        {
            yield return ($"{side}.mid_block.resnets.0", $"{side}.mid.block_1");
            yield return ($"{side}.mid_block.resnets.1", $"{side}.mid.block_2");
            yield return ($"{side}.mid_block.attentions.0", $"{side}.mid.attn_1");
            yield return ($"{side}.conv_norm_out", $"{side}.norm_out");
        }

        int levels = configuration.Channels.Count;
        for (int l = 0; l < levels; l++)
        {
            int mirrored = levels - 1 - l;
            for (int j = 0; j <= configuration.LayersPerBlock; j++)
            {
                yield return ($"encoder.down_blocks.{l}.resnets.{j}", $"encoder.down.{l}.block.{j}");
                yield return ($"decoder.up_blocks.{l}.resnets.{j}", $"decoder.up.{mirrored}.block.{j}");
            }

            yield return ($"encoder.down_blocks.{l}.downsamplers.0.conv", $"encoder.down.{l}.downsample.conv");
            yield return ($"decoder.up_blocks.{l}.upsamplers.0.conv", $"decoder.up.{mirrored}.upsample.conv");
        }
    }
}

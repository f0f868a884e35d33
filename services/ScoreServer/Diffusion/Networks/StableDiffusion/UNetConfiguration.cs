using Sjc.Diffusion.Checkpoints;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>Sizes of a <see cref="UNet"/>. Lists have one entry a level, from full resolution down.</summary>
public sealed record UNetConfiguration
{
    internal const string ClassName = "UNet2DConditionModel";

    // Options that change the computation and that no Stable Diffusion 1.x or 2.x has set.
    private static readonly string[] UnsupportedFlags = ["center_input_sample", "dual_cross_attention", "only_cross_attention", "class_embeddings_concat"];
    private static readonly string[] UnsupportedValues =
        ["addition_embed_type", "class_embed_type", "encoder_hid_dim", "encoder_hid_dim_type", "num_class_embeds", "time_embedding_act_fn", "time_cond_proj_dim", "timestep_post_act", "attention_type"];

    /// <summary>Latents across and down that the network was trained on.</summary>
    public int SampleSize { get; init; } = 64;

    /// <summary>Channels of x.</summary>
    public int InputChannels { get; init; } = 4;

    /// <summary>Channels of F.</summary>
    public int OutputChannels { get; init; } = 4;

    /// <summary>Channels of each level.</summary>
    public IReadOnlyList<int> Channels { get; init; } = [320, 640, 1280, 1280];

    /// <summary>ResNet blocks of a level on the way down; one more on the way up.</summary>
    public int LayersPerBlock { get; init; } = 2;

    /// <summary>Whether a level has transformers on the way down.</summary>
    public IReadOnlyList<bool> DownAttention { get; init; } = [true, true, true, false];

    /// <summary>Whether a level has transformers on the way up.</summary>
    public IReadOnlyList<bool> UpAttention { get; init; } = [true, true, true, false];

    /// <summary>Attention heads of each level; the last entry is the middle's too.</summary>
    public IReadOnlyList<int> Heads { get; init; } = [8, 8, 8, 8];

    /// <summary>Blocks of each transformer of a level; the last entry is the middle's too.</summary>
    public IReadOnlyList<int> TransformerDepth { get; init; } = [1, 1, 1, 1];

    /// <summary>Width of the prompt's tokens.</summary>
    public int ContextWidth { get; init; } = 768;

    /// <summary>Groups of each group normalisation.</summary>
    public int NormGroups { get; init; } = 32;

    /// <summary>Of the ResNet blocks' norms.</summary>
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>Width of the timestep's embedding.</summary>
    public int TimeWidth => 4 * Channels[0];

    /// <summary>Reads diffusers' unet/config.json; missing fields have the defaults of diffusers.</summary>
    /// <exception cref="InvalidDataException">A field has an unsupported value, or fields contradict each other.</exception>
    public static UNetConfiguration FromDiffusers(ModelConfig config)
    {
        config.RequireText("_class_name", ClassName);
        config.RequireText("act_fn", "silu");
        config.RequireText("resnet_time_scale_shift", "default");
        config.RequireText("time_embedding_type", "positional");
        config.RequireText("mid_block_type", "UNetMidBlock2DCrossAttn");
        config.RequireUnset(UnsupportedFlags, UnsupportedValues);
        IReadOnlyList<int> channels = config.WholeNumbers("block_out_channels") ?? [320, 640, 1280, 1280];
        int levels = channels.Count;
        IReadOnlyList<string> down = config.Texts("down_block_types") ?? ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"];
        IReadOnlyList<string> up = config.Texts("up_block_types") ?? ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"];
        config.RequireLevels("down_block_types", down.Count, levels);
        config.RequireLevels("up_block_types", up.Count, levels);
        return new UNetConfiguration
        {
            SampleSize = config.WholeNumber("sample_size", 64),
            InputChannels = config.WholeNumber("in_channels", 4),
            OutputChannels = config.WholeNumber("out_channels", 4),
            Channels = channels,
            LayersPerBlock = config.WholeNumber("layers_per_block", 2),
            DownAttention = [.. down.Select(type => config.Choose("down_block_types", type, "DownBlock2D", "CrossAttnDownBlock2D"))],
            UpAttention = [.. up.Reverse().Select(type => config.Choose("up_block_types", type, "UpBlock2D", "CrossAttnUpBlock2D"))],

            // "attention_head_dim" is the number of heads, a misnomer that the files keep; "num_attention_heads" overrides it where set.
            Heads = config.PerLevel(config.Has("num_attention_heads") ? "num_attention_heads" : "attention_head_dim", levels, 8),
            TransformerDepth = config.PerLevel("transformer_layers_per_block", levels, 1),
            ContextWidth = config.WholeNumber("cross_attention_dim", 1280),
            NormGroups = config.WholeNumber("norm_num_groups", 32),
            NormEpsilon = config.Number("norm_eps", 1e-5),
        }.Checked(config.Name);
    }

    /// <summary>Requires that the sizes fit each other.</summary>
    /// <param name="name">What messages call the configuration.</param>
    /// <exception cref="InvalidDataException">They do not.</exception>
    internal UNetConfiguration Checked(string name)
    {
        ConfigChecks.RequireSizes(name, Channels.Count, [SampleSize, InputChannels, OutputChannels, LayersPerBlock, ContextWidth, NormGroups, .. Channels, .. Heads, .. TransformerDepth]);
        ConfigChecks.RequireMultiples(name, "channels", Channels, "groups", Channels.Select(_ => NormGroups));
        for (int level = 0; level < Channels.Count; level++)
        {
            if (DownAttention[level] || UpAttention[level] || level == Channels.Count - 1)
            {
                ConfigChecks.RequireMultiples(name, "channels", [Channels[level]], "heads", [Heads[level]]);
            }
        }

        return this;
    }
}

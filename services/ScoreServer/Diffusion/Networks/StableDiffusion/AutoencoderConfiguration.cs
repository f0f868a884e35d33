using Sjc.Diffusion.Checkpoints;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>Sizes of an <see cref="Autoencoder"/>.</summary>
public sealed record AutoencoderConfiguration
{
    private const string ClassName = "AutoencoderKL";

    /// <summary>Of Stable Diffusion's latents: brings them to about unit variance.</summary>
    private const double DefaultScaling = 0.18215;

    /// <summary>Channels of a picture.</summary>
    public int PixelChannels { get; init; } = 3;

    /// <summary>Channels of a latent.</summary>
    public int LatentChannels { get; init; } = 4;

    /// <summary>Channels of each level, from full resolution down.</summary>
    public IReadOnlyList<int> Channels { get; init; } = [128, 256, 512, 512];

    /// <summary>ResNet blocks of a level of the encoder; one more in the decoder.</summary>
    public int LayersPerBlock { get; init; } = 2;

    /// <summary>Groups of each group normalisation.</summary>
    public int NormGroups { get; init; } = 32;

    /// <summary>A latent is the encoder's value times this.</summary>
    public double ScalingFactor { get; init; } = DefaultScaling;

    /// <summary>Pixels across one latent.</summary>
    public int Downsampling => 1 << (Channels.Count - 1);

    /// <summary>Reads diffusers' vae/config.json; missing fields have their defaults.</summary>
    /// <exception cref="InvalidDataException">A field has an unsupported value, or fields contradict each other.</exception>
    public static AutoencoderConfiguration FromDiffusers(ModelConfig config)
    {
        config.RequireText("_class_name", ClassName);
        config.RequireText("act_fn", "silu");
        config.RequireUnset([], ["shift_factor", "latents_mean", "latents_std"]);
        IReadOnlyList<int> channels = config.WholeNumbers("block_out_channels") ?? [128, 256, 512, 512];
        RequireTypes(config, "down_block_types", "DownEncoderBlock2D", channels.Count);
        RequireTypes(config, "up_block_types", "UpDecoderBlock2D", channels.Count);
        return new AutoencoderConfiguration
        {
            PixelChannels = SameChannels(config),
            LatentChannels = config.WholeNumber("latent_channels", 4),
            Channels = channels,
            LayersPerBlock = config.WholeNumber("layers_per_block", 2),
            NormGroups = config.WholeNumber("norm_num_groups", 32),
            ScalingFactor = config.Number("scaling_factor", DefaultScaling),
        }.Checked(config.Name);
    }

    /// <summary>Reads the first stage and the scale factor of a CompVis yaml.</summary>
    /// <param name="model">"model.params" of the yaml.</param>
    /// <exception cref="InvalidDataException">A field has an unsupported value, or fields contradict each other.</exception>
    public static AutoencoderConfiguration FromCompVis(ModelConfig model)
    {
        ModelConfig? sizes = model.Section("first_stage_config.params.ddconfig");
        AutoencoderConfiguration defaults = new();
        if (sizes is null)
        {
            return defaults with { ScalingFactor = model.Number("scale_factor", DefaultScaling) };
        }

        if (sizes.WholeNumbers("attn_resolutions") is { Count: > 0 })
        {
            throw new InvalidDataException($"attn_resolutions of {sizes.Name} must be empty, but is not.");
        }

        int first = sizes.WholeNumber("ch", defaults.Channels[0]);
        return new AutoencoderConfiguration
        {
            PixelChannels = sizes.WholeNumber("in_channels", 3),
            LatentChannels = sizes.WholeNumber("z_channels", 4),
            Channels = [.. (sizes.WholeNumbers("ch_mult") ?? [1, 2, 4, 4]).Select(factor => first * factor)],
            LayersPerBlock = sizes.WholeNumber("num_res_blocks", 2),
            ScalingFactor = model.Number("scale_factor", DefaultScaling),
        }.Checked(sizes.Name);
    }

    private static int SameChannels(ModelConfig config)
    {
        int inputs = config.WholeNumber("in_channels", 3);
        int outputs = config.WholeNumber("out_channels", 3);
        return inputs == outputs ? inputs : throw new InvalidDataException($"out_channels of {config.Name} must be in_channels ({inputs}), but is {outputs}.");
    }

    private static void RequireTypes(ModelConfig config, string key, string supported, int levels)
    {
        if (config.Texts(key) is not { } types)
        {
            return;
        }

        config.RequireLevels(key, types.Count, levels);
        if (types.FirstOrDefault(type => type != supported) is { } other)
        {
            throw new InvalidDataException($"{key} of {config.Name} must be {supported}, but hold {other}.");
        }
    }

    private AutoencoderConfiguration Checked(string name)
    {
        ConfigChecks.RequireSizes(name, Channels.Count, [PixelChannels, LatentChannels, LayersPerBlock, NormGroups, .. Channels]);
        ConfigChecks.RequireMultiples(name, "channels", Channels, "groups", Channels.Select(_ => NormGroups));
        return ScalingFactor > 0 ? this : throw new InvalidDataException($"scaling_factor of {name} must be positive, but is {ScalingFactor}.");
    }
}

using System.Globalization;
using System.Text.Json;
using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Pixel;
using Sjc.Diffusion.Networks.Unet;
using Sjc.Diffusion.Schedules;

namespace Sjc.Diffusion.Networks.GuidedDiffusion;

/// <summary>The flags of guided diffusion: what shapes tell, a configuration may override, and what they do not, the caller, a configuration or a published
/// checkpoint of the same sizes must tell.</summary>
internal static class GuidedFlags
{
    /// <summary>Levels and timesteps of a noise schedule.</summary>
    public static SigmaLadder Ladder(string schedule) => schedule == "cosine" ? SigmaLadder.GuidedDiffusionCosine : SigmaLadder.GuidedDiffusionLinear;

    /// <summary>A UNet's flags and its noise schedule.</summary>
    /// <exception cref="ArgumentException">A flag is missing or does not fit.</exception>
    /// <exception cref="InvalidDataException">Names, shapes or the configuration are unsound.</exception>
    public static (GuidedUnetOptions Options, string Schedule) Unet(GuidedShapes shapes, ModelSettings settings, string? presetName)
    {
        ModelConfig? config = settings.Config;
        RequireKnown(config);
        (int blocks, IReadOnlyList<double> multipliers, IReadOnlySet<int> attention) = shapes.Levels();
        (GuidedPreset? preset, string source) = Preset(presetName, shapes, blocks, multipliers.Count, attention);
        (int, string)? size = preset is not null ? (preset.ImageSize, source) : shapes.ImageSize(multipliers);
        int imageSize = settings.Count("image_size", from => Number(from, "image_size"), size);
        (int headWidth, int heads) = Heads(settings, preset, source);
        int decoderHeads = config?.WholeNumber("num_heads_upsample", -1) is int upsample and > 0 ? upsample : heads;
        GuidedUnetOptions options = new()
        {
            ImageSize = imageSize,
            Width = Number(config, "num_channels") ?? shapes.Width,
            Multipliers = Multipliers(config) ?? multipliers,
            BlocksPerLevel = Number(config, "num_res_blocks") ?? blocks,
            AttentionLevels = AttentionLevels(config, "attention_resolutions", imageSize) ?? attention,
            HeadWidth = headWidth,
            Heads = heads,
            DecoderHeads = decoderHeads,
            ScalesAndShifts = config?.Flag("use_scale_shift_norm", shapes.ScalesAndShifts) ?? shapes.ScalesAndShifts,
            ResamplesInBlocks = multipliers.Count > 1 ? config?.Flag("resblock_updown", shapes.ResamplesInBlocks) ?? shapes.ResamplesInBlocks : shapes.ResamplesInBlocks,
            AttentionOrder = Order(settings, preset is null ? null : (preset.NewOrder, source)),
            ClassCount = config?.Flag("class_cond", shapes.UnetClasses > 0) ?? true ? shapes.UnetClasses : 0,
            LearnsSigma = config?.Flag("learn_sigma", shapes.Outputs == 6) ?? shapes.Outputs == 6,
        };
        string schedule = settings.Text(
            "noise_schedule", from => from.Has("noise_schedule") ? from.Text("noise_schedule", "") : null, preset is null ? null : (preset.Schedule, source), "linear", "cosine");
        return (options, schedule);
    }

    /// <summary>A classifier's flags.</summary>
    /// <exception cref="ArgumentException">A flag is missing or does not fit.</exception>
    /// <exception cref="InvalidDataException">Names, shapes or the configuration are unsound.</exception>
    public static GuidedClassifierOptions Classifier(GuidedShapes shapes, ModelSettings settings, int unetSize)
    {
        ModelConfig? config = settings.Config;
        RequireKnown(config);
        string pool = config?.Text("classifier_pool", "attention") ?? "attention";
        if (pool is not ("attention" or "adaptive"))
        {
            throw new InvalidDataException($"classifier_pool of {config!.Name} must be attention or adaptive, but is {pool}.");
        }

        (int blocks, IReadOnlyList<double> multipliers, IReadOnlySet<int> attention) = shapes.Levels();
        int imageSize = Number(config, "image_size") ?? shapes.ImageSize(multipliers)?.Size ?? unetSize;

        // The published code builds every classifier with heads of 64 channels and the order of attention that it calls legacy.
        return new GuidedClassifierOptions
        {
            ImageSize = imageSize,
            Width = Number(config, "classifier_width") ?? shapes.Width,
            Multipliers = Multipliers(config) ?? multipliers,
            BlocksPerLevel = Number(config, "classifier_depth") ?? blocks,
            AttentionLevels = AttentionLevels(config, "classifier_attention_resolutions", imageSize) ?? attention,
            HeadWidth = Number(config, "num_head_channels") ?? 64,
            ScalesAndShifts = config?.Flag("classifier_use_scale_shift_norm", shapes.ScalesAndShifts) ?? shapes.ScalesAndShifts,
            ResamplesInBlocks = shapes.ResamplesInBlocks,
            AttentionOrder = config?.Flag("use_new_attention_order", false) ?? false ? QkvOrder.PartHeadDimension : QkvOrder.HeadPartDimension,
            ClassCount = shapes.ClassifierClasses,
            AttentionPool = shapes.HasAttentionPool,
        };
    }

    private static (GuidedPreset? Preset, string Source) Preset(string? name, GuidedShapes shapes, int blocks, int levels, IReadOnlySet<int> attention)
    {
        if (name is not null)
        {
            return (GuidedPreset.All.Single(preset => preset.Name == name), $"preset {name}");
        }

        GuidedPreset? fitting = GuidedPreset.All.FirstOrDefault(preset => preset.Fits(shapes.Width, blocks, levels, attention, shapes.UnetClasses > 0));
        return (fitting, $"as the published {fitting?.Name}, which has these shapes");
    }

    private static (int HeadWidth, int Heads) Heads(ModelSettings settings, GuidedPreset? preset, string source)
    {
        // num_head_channels has precedence over num_heads in the published code; −1 stands for none.
        int? configuredWidth = settings.Config is { } config && config.WholeNumber("num_head_channels", -1) is int width and > 0 ? width : null;
        int? configuredHeads = Number(settings.Config, "num_heads");
        if (configuredWidth is null && (configuredHeads is not null || preset is { HeadWidth: 0 }))
        {
            (int, string)? published = preset is { HeadWidth: 0 } ? (4, source) : null;
            return (0, settings.Count("num_heads", _ => configuredHeads, published));
        }

        (int, string)? fallback = preset is { HeadWidth: > 0 } ? (preset.HeadWidth, source) : null;
        return (settings.Count("num_head_channels", _ => configuredWidth, fallback), 4);
    }

    private static QkvOrder Order(ModelSettings settings, (bool IsNew, string Source)? published)
    {
        string order = settings.Text(
            "attention_order",
            from => from.Has("use_new_attention_order") ? Name(from.Flag("use_new_attention_order", false)) : null,
            published is (bool isNew, string source) ? (Name(isNew), source) : null,
            "legacy", "new");
        return order == "new" ? QkvOrder.PartHeadDimension : QkvOrder.HeadPartDimension;

        static string Name(bool isNew) => isNew ? "new" : "legacy";
    }

    private static int? Number(ModelConfig? config, string key) => config?.WholeNumber(key, -1) is int number and > 0 ? number : null;

    /// <summary>"1,1,2" as in the flags; null where it is missing or empty, which stands for a size's default.</summary>
    private static double[]? Multipliers(ModelConfig? config) => List(config, "channel_mult") is { Length: > 0 } text
        ? [.. text.Split(',').Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0
            ? value
            : throw new InvalidDataException($"channel_mult of {config!.Name} must be numbers above 0 with commas between, but is {text}."))]
        : null;

    /// <summary>"32,16,8", sides in pixels as in the flags, as levels.</summary>
    private static HashSet<int>? AttentionLevels(ModelConfig? config, string key, int imageSize) => List(config, key) is { Length: > 0 } text
        ? [.. text.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int side) && side > 0
            ? (int)Math.Round(Math.Log2((double)imageSize / side))
            : throw new InvalidDataException($"{key} of {config!.Name} must be sides in pixels with commas between, but is {text}."))]
        : null;

    /// <summary>"32,16,8" as in the flags, or a list in JSON; null where it is missing.</summary>
    private static string? List(ModelConfig? config, string key) =>
        config is not null && config.Root.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Array
            ? string.Join(",", value.EnumerateArray().Select(item => item.GetRawText()))
            : config?.Text(key, "");

    private static void RequireKnown(ModelConfig? config)
    {
        if (config?.WholeNumber("diffusion_steps", 1000) is int steps and not 1000)
        {
            throw new InvalidDataException($"diffusion_steps of {config.Name} must be 1000, but is {steps}.");
        }

        if (config?.Flag("predict_xstart", false) is true)
        {
            throw new InvalidDataException($"predict_xstart of {config.Name} must be false, but is true.");
        }
    }
}

using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Edm;

namespace Sjc.Diffusion.Networks.ScoreSde;

/// <summary>A configuration of score_sde, sections "model", "data" and "training", as far as it says how to compute.</summary>
internal sealed record ScoreSdeConfig
{
    /// <summary>The network's choices.</summary>
    public required SongUnetOptions Network { get; init; }

    /// <summary>"vesde", "vpsde" or "subvpsde".</summary>
    public required string Sde { get; init; }

    /// <summary>The network takes any noise level; else those of a ladder.</summary>
    public required bool IsContinuous { get; init; }

    /// <summary>Trained on images in [−1, 1]; else in [0, 1].</summary>
    public required bool IsCentred { get; init; }

    /// <summary>Least noise level of VE, in the training's own range.</summary>
    public required double SigmaMin { get; init; }

    /// <summary>Greatest noise level of VE, in the training's own range.</summary>
    public required double SigmaMax { get; init; }

    /// <summary>Levels of the ladder.</summary>
    public required int LevelCount { get; init; }

    /// <summary>β of VP at t = 0.</summary>
    public required double BetaMin { get; init; }

    /// <summary>β of VP at t = 1.</summary>
    public required double BetaMax { get; init; }

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="InvalidDataException">It lacks a value, or asks for what nobody here computes.</exception>
    public static ScoreSdeConfig From(ModelConfig config)
    {
        ModelConfig model = Section(config, "model");
        ModelConfig data = Section(config, "data");
        ModelConfig training = Section(config, "training");
        RequireKnown(model);
        string sde = OneOf(training, "sde", "vesde", "vesde", "vpsde", "subvpsde").ToLowerInvariant();
        bool isContinuous = training.Flag("continuous", true);
        ScoreSdeConfig result = new()
        {
            Network = NetworkOf(model, data),
            Sde = sde,
            IsContinuous = isContinuous || sde == "subvpsde",
            IsCentred = data.Flag("centered", false),
            SigmaMin = model.Number("sigma_min", 0.01),
            SigmaMax = model.Number("sigma_max", 50),
            LevelCount = model.WholeNumber("num_scales", 1000),
            BetaMin = model.Number("beta_min", 0.1),
            BetaMax = model.Number("beta_max", 20),
        };
        result.RequireConsistent(config.Name, model);
        return result;
    }

    private static SongUnetOptions NetworkOf(ModelConfig model, ModelConfig data)
    {
        bool fourier = OneOf(model, "embedding_type", "fourier", "fourier", "positional") == "fourier";
        bool fir = model.Flag("fir", false);
        string input = OneOf(model, "progressive_input", "none", "none", "input_skip", "residual");
        return new SongUnetOptions
        {
            ImageSize = Needed(data, "image_size", data.WholeNumber("image_size", 0)),
            Channels = data.WholeNumber("num_channels", 3),
            Outputs = data.WholeNumber("num_channels", 3),
            Width = Needed(model, "nf", model.WholeNumber("nf", 0)),
            Multipliers = model.WholeNumbers("ch_mult") ?? throw new InvalidDataException($"ch_mult of {model.Name} must be given, but is not."),
            BlocksPerLevel = Needed(model, "num_res_blocks", model.WholeNumber("num_res_blocks", 0)),
            AttentionResolutions = model.WholeNumbers("attn_resolutions") ?? [],
            Fourier = fourier,
            NoiseMultiplier = fourier ? 2 : 1,
            Input = input switch { "input_skip" => SongInput.Skip, "residual" => SongInput.Residual, _ => SongInput.None },
            OutputPyramid = OneOf(model, "progressive", "none", "none", "output_skip") == "output_skip",
            Filter = fir ? [.. (model.WholeNumbers("fir_kernel") ?? [1, 3, 3, 1]).Select(tap => (double)tap)] : [1, 1],
            OutputScale = model.Flag("skip_rescale", true) ? Math.Sqrt(0.5) : 1,
            SeparateQkv = true,
        };
    }

    /// <summary>Values for which the published code has another network.</summary>
    private static void RequireKnown(ModelConfig model)
    {
        OneOf(model, "name", "ncsnpp", "ncsnpp");
        OneOf(model, "resblock_type", "biggan", "biggan");
        OneOf(model, "progressive_combine", "sum", "sum");
        OneOf(model, "normalization", "GroupNorm", "groupnorm");
        OneOf(model, "nonlinearity", "swish", "swish");
        OneOf(model, "attention_type", "ddpm", "ddpm");
        if (!model.Flag("conditional", true))
        {
            throw new InvalidDataException($"conditional of {model.Name} must be true, but is false.");
        }
    }

    private void RequireConsistent(string name, ModelConfig model)
    {
        bool exploding = Sde == "vesde";
        if (model.Flag("scale_by_sigma", exploding) != exploding)
        {
            throw new InvalidDataException($"model.scale_by_sigma of {name} must be {(exploding ? "true" : "false")} with {Sde}, but is not.");
        }

        if (!exploding && !IsCentred)
        {
            throw new InvalidDataException($"data.centered of {name} must be true with {Sde}, but is false.");
        }

        if (exploding && IsContinuous != Network.Fourier)
        {
            throw new InvalidDataException($"model.embedding_type of {name} must be {(IsContinuous ? "fourier" : "positional")} with {(IsContinuous ? "" : "dis")}continuous vesde, but is not.");
        }

        if (!exploding && Network.Fourier)
        {
            throw new InvalidDataException($"model.embedding_type of {name} must be positional with {Sde}, but is fourier.");
        }

        if (Network.Input == SongInput.Residual && !model.Flag("fir", false))
        {
            throw new InvalidDataException($"model.fir of {name} must be true with progressive_input residual, but is false.");
        }

        if (!(SigmaMin > 0 && SigmaMin < SigmaMax && LevelCount > 1 && BetaMin > 0 && BetaMin < BetaMax))
        {
            throw new InvalidDataException(
                $"sigma_min, sigma_max, num_scales, beta_min, beta_max of {name} must ascend from 0, but are {SigmaMin}, {SigmaMax}, {LevelCount}, {BetaMin}, {BetaMax}.");
        }
    }

    private static ModelConfig Section(ModelConfig config, string name) =>
        config.Section(name) ?? throw new InvalidDataException($"{config.Name} must have a section {name}, as configurations of score_sde do, but has none.");

    private static int Needed(ModelConfig config, string key, int value) =>
        value > 0 ? value : throw new InvalidDataException($"{key} of {config.Name} must be above 0, but is {(value == 0 ? "not given" : value)}.");

    private static string OneOf(ModelConfig config, string key, string fallback, params string[] values)
    {
        string value = config.Text(key, fallback).ToLowerInvariant();
        return values.Contains(value) ? value : throw new InvalidDataException($"{key} of {config.Name} must be {(values.Length > 1 ? "one of " : "")}{string.Join(", ", values)}, but is {value}.");
    }
}

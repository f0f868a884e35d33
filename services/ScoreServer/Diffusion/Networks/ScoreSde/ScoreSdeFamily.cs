using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Checkpoints.Pickles;
using Sjc.Diffusion.Networks.Edm;
using Sjc.Diffusion.Networks.Pixel;

namespace Sjc.Diffusion.Networks.ScoreSde;

/// <summary>NCSN++ and DDPM++ of score_sde (Song et al. 2021): {'optimizer', 'model', 'ema': {'shadow_params': a list}, 'step'}.</summary>
/// <remarks>Models trained on images in [0, 1] are presented on [−1, 1], where all noise is twice as strong.</remarks>
internal sealed class ScoreSdeFamily : PixelFamily
{
    private const string Module = "module.";
    private const string LevelsName = "sigmas";

    /// <inheritdoc/>
    public override string Kind => "score-sde";

    /// <inheritdoc/>
    public override bool Recognizes(CheckpointProbe probe) => probe.Weights is { } store && store.Tensors.Keys.Any(name => Plain(name).StartsWith("all_modules.0.", StringComparison.Ordinal));

    /// <inheritdoc/>
    internal override PixelModelPlan Plan(CheckpointProbe probe)
    {
        string[] presets = [.. ScoreSdePresets.Names];
        ModelConfig? config = probe.Flag("preset", presets) is { } preset ? ScoreSdePresets.Config(preset) : probe.Config;
        ModelSettings settings = new(probe, config);
        ITensorStore store = WeightsOf(probe, settings);
        config ??= Matching(store, probe.Name, settings);
        ScoreSdeConfig sizes = ScoreSdeConfig.From(config);
        ScoreSdeProcess process = new(sizes);
        settings.Note("sde", sizes.Sde, config.Name);
        settings.Note("data_range", sizes.IsCentred ? "[-1, 1]" : "[0, 1]", config.Name);
        return new PixelModelPlan
        {
            Variant = $"{(sizes.Network.Fourier || sizes.Network.Input != SongInput.None ? "NCSN++" : "DDPM++")} of {sizes.Sde}{(sizes.IsContinuous ? "" : " in steps")}",
            Store = store,
            NameInStore = ScoreSdeNames.Map(sizes.Network),
            MayIgnore = name => name == LevelsName,
            Build = reader => new SongUnet(reader, sizes.Network),
            Preconditioning = process.Preconditioning,
            DataShape = new DataShape(sizes.Network.Channels, sizes.Network.ImageSize, sizes.Network.ImageSize),
            SigmaMin = process.SigmaMin,
            SigmaMax = process.SigmaMax,
            Ladder = process.Ladder,
            Settings = settings.Told,
        };
    }

    /// <summary>The only published configuration whose names and shapes are those of the file.</summary>
    private static ModelConfig Matching(ITensorStore store, string name, ModelSettings settings)
    {
        string[] matching = [.. ScoreSdePresets.Names.Where(preset => Fits(store, ScoreSdeConfig.From(ScoreSdePresets.Config(preset))))];
        return matching is [string only]
            ? ScoreSdePresets.Config(settings.Note("preset", only, "shapes and levels"))
            : throw new ArgumentException(
                $"preset must be given, one of {string.Join(", ", matching.Length > 0 ? matching : ScoreSdePresets.Names)}, or a configuration as a JSON file beside {name}, since its tensors fit {(matching.Length > 0 ? "each of these" : "no published configuration")}.",
                nameof(name));
    }

    private static bool Fits(ITensorStore store, ScoreSdeConfig sizes)
    {
        double[] levels = store.Tensors.ContainsKey(LevelsName) ? Values(store, LevelsName) : [];
        if (levels.Length > 0 && (levels.Length != sizes.LevelCount || Math.Abs(levels[0] / sizes.SigmaMax - 1) > 1e-6))
        {
            return false;
        }

        WeightReader reader = new(store, TorchSharp.torch.ScalarType.Float32, TorchSharp.torch.device("meta"), ScoreSdeNames.Map(sizes.Network));
        using SongUnet network = new(reader, sizes.Network);
        try
        {
            reader.RequireNoFaults(name => name == LevelsName);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>The names without "module."; of the trainable weights the average, which is a list in their order.</summary>
    private static ITensorStore WeightsOf(CheckpointProbe probe, ModelSettings settings)
    {
        string asked = settings.Text("weights", _ => null, ("ema", "default"), "ema", "raw");
        if (probe.Pickle is not { } pickle || pickle.Root is not PickleDictionary root)
        {
            return probe.Weights ?? throw new InvalidDataException($"{probe.Name} must be a checkpoint of score_sde, but holds no weights.");
        }

        PickleDictionary raw = root["model"] as PickleDictionary ?? root;
        KeyValuePair<string, object?>[] entries = [.. raw.Entries.Select(entry => KeyValuePair.Create(Plain(entry.Key), entry.Value))];
        PickleList? average = (root["ema"] as PickleDictionary)?["shadow_params"] as PickleList;
        if (asked == "raw" || average is null)
        {
            settings.Note("weights", "raw", asked == "raw" ? "flag" : "no average in the file");
            return new PickleStore(pickle, entries);
        }

        IReadOnlyList<string> order = settings.Config?.Texts("ema_order") ?? Trainable(entries);
        return order.Count == average.Count
            ? new PickleStore(pickle, entries.Concat(order.Zip(average, (name, value) => KeyValuePair.Create(name, value))))
            : throw new InvalidDataException($"ema.shadow_params of {probe.Name} must hold one tensor for each of {order.Count} trainable weights, but holds {average.Count}.");
    }

    /// <summary>In the order of the state dict: all but the levels, and the Fourier features' frequencies, which are not trained.</summary>
    private static string[] Trainable(KeyValuePair<string, object?>[] entries) =>
        [.. entries.Where(entry => entry.Key != LevelsName && entry.Value is PickleTensor tensor && !(entry.Key.EndsWith(".W", StringComparison.Ordinal) && tensor.Shape.Count == 1)).Select(entry => entry.Key)];

    private static string Plain(string name) => name.StartsWith(Module, StringComparison.Ordinal) ? name[Module.Length..] : name;
}

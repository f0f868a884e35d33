using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Checkpoints.Pickles;
using Sjc.Diffusion.Networks.Pixel;
using Sjc.Diffusion.Preconditioning;
using Sjc.Diffusion.Schedules;

namespace Sjc.Diffusion.Networks.Ncsn;

/// <summary>NCSNv2 (Song and Ermon 2020): a list of a state dict, an optimiser's, epoch, step, and the average of the weights.</summary>
/// <remarks>Trained on images in [0, 1], the models are presented on [−1, 1], where all noise is twice as strong.</remarks>
internal sealed class NcsnFamily : PixelFamily
{
    private const string Module = "module.";
    private const string LevelsName = "sigmas";

    /// <summary>Of the published configurations: their number of levels tells which one it is.</summary>
    private static readonly Dictionary<int, int> PublishedSizes = new() { [232] = 32, [500] = 64, [1086] = 128, [2311] = 256 };

    /// <inheritdoc/>
    public override string Kind => "ncsnv2";

    /// <inheritdoc/>
    public override bool Recognizes(CheckpointProbe probe) => probe.Weights is { } store && store.Tensors.Keys.Any(name => Plain(name) == "begin_conv.weight")
        && store.Tensors.Keys.Any(name => Plain(name).StartsWith("refine1.", StringComparison.Ordinal));

    /// <inheritdoc/>
    internal override PixelModelPlan Plan(CheckpointProbe probe)
    {
        ModelConfig? config = probe.Config;
        ModelSettings settings = new(probe, config);
        ITensorStore store = WeightsOf(probe, settings);
        RequireKnown(config);
        double[] levels = Values(store, LevelsName);
        double unit = settings.Note("data_range", Flag(config, "rescaled", false) ? "[-1, 1]" : "[0, 1]", config?.Has("rescaled") ?? false ? config.Name : "default") == "[0, 1]" ? 2 : 1;
        SigmaLadder ladder = new(levels.Select(level => unit * level), timestepsDescend: false);
        (int Value, string Source)? published = PublishedSizes.TryGetValue(levels.Length, out int known) ? (known, $"published configuration of {levels.Length} levels") : null;
        int size = settings.Count("image_size", from => Find(from, "data", "image_size") is { } found ? found.WholeNumber("image_size", 0) : null, published);
        NcsnDepth depth = store.Tensors.ContainsKey("res31.0.conv1.weight") ? NcsnDepth.Deepest : store.Tensors.ContainsKey("res5.0.conv1.weight") ? NcsnDepth.Deeper : NcsnDepth.Base;
        IReadOnlyList<long> first = store.Tensors.TryGetValue("begin_conv.weight", out TensorInfo? info) && info.Shape.Count == 4
            ? info.Shape
            : throw new InvalidDataException($"{store.Name} must hold begin_conv.weight with four extents, but does not.");
        NcsnOptions options = new() { Width = (int)first[0], Channels = (int)first[1], Depth = depth, Activation = Activation(config) };
        return new PixelModelPlan
        {
            Variant = $"NCSNv2{(depth == NcsnDepth.Base ? "" : depth)} of {levels.Length} levels",
            Store = store,
            MayIgnore = name => name == LevelsName,
            Build = reader => new NcsnNetwork(reader, options),
            Preconditioning = new LadderScorePreconditioning(ladder),
            DataShape = new DataShape(options.Channels, size, size),
            SigmaMin = ladder.SigmaMin,
            SigmaMax = ladder.SigmaMax,
            Ladder = ladder,
            Settings = settings.Told,
        };
    }

    /// <summary>The names without "module.", the average over those that it has.</summary>
    private static ITensorStore WeightsOf(CheckpointProbe probe, ModelSettings settings)
    {
        string asked = settings.Text("weights", _ => null, ("ema", "default"), "ema", "raw");
        if (probe.Pickle is not { } pickle)
        {
            return probe.Weights ?? throw new InvalidDataException($"{probe.Name} must be a checkpoint of NCSNv2, but holds no weights.");
        }

        if (pickle.Root is not PickleList { Count: > 0 } list || list[0] is not PickleDictionary raw)
        {
            PickleDictionary plain = pickle.Root as PickleDictionary ?? throw new InvalidDataException($"{probe.Name} must be a list with a state dict first, but is not.");
            return new PickleStore(pickle, Renamed(plain));
        }

        PickleDictionary? average = list.Count > 4 ? list[^1] as PickleDictionary : null;
        if (asked == "raw" || average is null)
        {
            settings.Note("weights", "raw", asked == "raw" ? "flag" : "no average in the file");
            return new PickleStore(pickle, Renamed(raw));
        }

        return new PickleStore(pickle, Renamed(raw).Concat(Renamed(average)));
    }

    private static IEnumerable<KeyValuePair<string, object?>> Renamed(PickleDictionary tensors) => tensors.Entries.Select(entry => KeyValuePair.Create(Plain(entry.Key), entry.Value));

    private static string Plain(string name) => name.StartsWith(Module, StringComparison.Ordinal) ? name[Module.Length..] : name;

    private static NcsnActivation Activation(ModelConfig? config) => Text(config, "nonlinearity", "elu").ToLowerInvariant() switch
    {
        "elu" => NcsnActivation.Elu,
        "relu" => NcsnActivation.Relu,
        "lrelu" => NcsnActivation.LeakyRelu,
        "swish" => NcsnActivation.Swish,
        string other => throw new InvalidDataException($"nonlinearity of {config!.Name} must be one of elu, relu, lrelu, swish, but is {other}."),
    };

    private static void RequireKnown(ModelConfig? config)
    {
        if (Text(config, "normalization", "InstanceNorm++") is var normalization and not "InstanceNorm++")
        {
            throw new InvalidDataException($"normalization of {config!.Name} must be InstanceNorm++, but is {normalization}.");
        }

        if (Flag(config, "logit_transform", false) || Flag(config, "spec_norm", false))
        {
            throw new InvalidDataException($"logit_transform and spec_norm of {config!.Name} must be false, but are not.");
        }
    }

    /// <summary>Where a key is: the published files have sections "data" and "model", others none.</summary>
    private static ModelConfig? Find(ModelConfig? config, string section, string key) => config?.Section(section) is { } inside && inside.Has(key) ? inside : config is not null && config.Has(key) ? config : null;

    private static string Text(ModelConfig? config, string key, string fallback) => Find(config, "model", key)?.Text(key, fallback) ?? fallback;

    private static bool Flag(ModelConfig? config, string key, bool fallback) => (Find(config, "data", key) ?? Find(config, "model", key))?.Flag(key, fallback) ?? fallback;
}

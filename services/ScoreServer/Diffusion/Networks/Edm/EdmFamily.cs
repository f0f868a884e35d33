using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Pixel;
using Sjc.Diffusion.Preconditioning;

namespace Sjc.Diffusion.Networks.Edm;

/// <summary>Networks of EDM (Karras et al. 2022) as state dicts of the preconditioned network; the published pickles hold whole objects and must be converted.</summary>
internal sealed class EdmFamily : PixelFamily
{
    // The class names of the published code, as they stand in configurations.
    private const string Edm = "EDMPrecond";
    private const string Ve = "VEPrecond";
    private const string Vp = "VPPrecond";
    private const string Iddpm = "iDDPMPrecond";

    /// <inheritdoc/>
    public override string Kind => "edm";

    /// <inheritdoc/>
    public override bool Recognizes(CheckpointProbe probe) => probe.Weights is { } store && EdmShapes.PrefixOf(store) is not null;

    /// <inheritdoc/>
    internal override PixelModelPlan Plan(CheckpointProbe probe)
    {
        ITensorStore? store = probe.Weights;
        if (store is null || EdmShapes.PrefixOf(store) is not { } prefix)
        {
            throw new InvalidDataException($"{probe.Name} must hold map_layer0 and enc.NxN_conv of EDM's networks, but does not.");
        }

        ModelConfig? config = probe.Config;
        ModelSettings settings = new(probe, config);
        RequireKnown(config);
        bool hasTable = store.Tensors.ContainsKey("u");
        string precond = settings.Text("precond", from => from.Has("precond") ? from.Text("precond", "") : null, hasTable ? (Iddpm, "u in the file") : null, Edm, Ve, Vp, Iddpm);
        EdmShapes shapes = new(store, prefix);
        SongUnetOptions? song = shapes.IsDhariwal ? null : shapes.Song();
        EdmUnetOptions sizes = song is not null ? song : shapes.Dhariwal();
        settings.Note("resolution", sizes.ImageSize, "shapes");
        (IPreconditioning preconditioning, double sigmaMin, double sigmaMax) = Preconditioning(precond, config, store);
        return new PixelModelPlan
        {
            Variant = $"{(song is null ? "ADM" : song.Fourier ? "NCSN++" : "DDPM++")} with {precond}{(sizes.ClassCount > 0 ? $", {sizes.ClassCount} classes" : "")}",
            Store = store,
            NameInStore = name => prefix + name,
            MayIgnore = name => name == "u" || name.EndsWith(".resample_filter", StringComparison.Ordinal) || name == $"{prefix}map_augment.weight",
            Build = reader => song is not null ? new SongUnet(reader, song) : new DhariwalUnet(reader, (DhariwalUnetOptions)sizes),
            Preconditioning = preconditioning,
            DataShape = new DataShape(sizes.Channels, sizes.ImageSize, sizes.ImageSize),
            SigmaMin = sigmaMin,
            SigmaMax = sigmaMax,
            ClassCount = sizes.ClassCount,
            Settings = settings.Told,
        };
    }

    private static (IPreconditioning Preconditioning, double SigmaMin, double SigmaMax) Preconditioning(string precond, ModelConfig? config, ITensorStore store)
    {
        double Number(string key, double fallback) => config?.Number(key, fallback) ?? fallback;
        switch (precond)
        {
            case Edm:
                // The range in which the paper samples; the network itself takes any level.
                return (new EdmPreconditioning(Number("sigma_data", 0.5)), 0.002, 80);
            case Ve:
                return (new ExplodingPreconditioning(), Number("sigma_min", 0.02), Number("sigma_max", 100));
            case Vp:
                double betaMin = Number("beta_min", 0.1);
                PreservingPreconditioning preserving = new(betaMin, betaMin + Number("beta_d", 19.9), Number("M", 1000) - 1);
                return (preserving, preserving.Sigma(Number("epsilon_t", 1e-5)), preserving.Sigma(1));
            default:
                TabulatedEpsilonPreconditioning tabulated = new(store.Tensors.ContainsKey("u") ? Values(store, "u") : [.. Schedules.SigmaLadder.GuidedDiffusionCosine.Sigmas, 0]);
                return (tabulated, tabulated.SigmaMin, tabulated.SigmaMax);
        }
    }

    /// <summary>What the shapes do not show and nobody here computes.</summary>
    private static void RequireKnown(ModelConfig? config)
    {
        Require(config, "model_type", "SongUNet", "DhariwalUNet");
        Require(config, "embedding_type", "positional", "fourier");
        Require(config, "encoder_type", "standard", "skip", "residual");
        Require(config, "decoder_type", "standard", "skip");
    }

    private static void Require(ModelConfig? config, string key, params string[] values)
    {
        if (config is not null && config.Text(key, values[0]) is { } value && !values.Contains(value))
        {
            throw new InvalidDataException($"{key} of {config.Name} must be one of {string.Join(", ", values)}, but is {value}.");
        }
    }
}

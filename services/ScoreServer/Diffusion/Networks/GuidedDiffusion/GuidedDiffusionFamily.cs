using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Pixel;
using Sjc.Diffusion.Networks.Unet;
using Sjc.Diffusion.Preconditioning;
using Sjc.Diffusion.Schedules;

namespace Sjc.Diffusion.Networks.GuidedDiffusion;

/// <summary>UNets of guided diffusion (Dhariwal and Nichol 2021) and of those who trained with its code, such as P2 weighting.</summary>
internal sealed class GuidedDiffusionFamily : PixelFamily
{
    /// <inheritdoc/>
    public override string Kind => "guided-diffusion";

    /// <inheritdoc/>
    public override bool Recognizes(CheckpointProbe probe) => probe.Weights is { } store && GuidedShapes.Fit(store);

    /// <summary>The tensors of a checkpoint of this family.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    internal static ITensorStore RequireStore(CheckpointProbe probe) => probe.Weights is { } store && GuidedShapes.Fit(store)
        ? store
        : throw new InvalidDataException($"{probe.Name} must hold time_embed and input_blocks of guided diffusion, but does not.");

    /// <inheritdoc/>
    internal override PixelModelPlan Plan(CheckpointProbe probe)
    {
        ITensorStore store = RequireStore(probe);
        GuidedShapes shapes = new(store);
        if (shapes.IsClassifier)
        {
            throw new InvalidDataException($"{probe.Name} must be a diffusion model, but is a classifier: name it with the flag classifier=PATH of the model that it guides.");
        }

        ModelSettings settings = new(probe, probe.Config);
        string[] presets = [.. GuidedPreset.All.Select(preset => preset.Name)];
        (GuidedUnetOptions options, string schedule) = GuidedFlags.Unet(shapes, settings, probe.Flag("preset", presets));
        SigmaLadder ladder = GuidedFlags.Ladder(schedule);
        string order = options.AttentionOrder == QkvOrder.PartHeadDimension ? "new" : "legacy";
        return new PixelModelPlan
        {
            Variant = $"ADM, {schedule} schedule, {order} attention order{(options.ClassCount > 0 ? $", {options.ClassCount} classes" : "")}",
            Store = store,
            Build = reader => new GuidedUnet(reader, options),
            Preconditioning = new EpsilonPreconditioning(ladder),
            DataShape = new DataShape(3, options.ImageSize, options.ImageSize),
            SigmaMin = ladder.SigmaMin,
            SigmaMax = ladder.SigmaMax,
            Ladder = ladder,
            ClassCount = options.ClassCount,
            Classifier = Classifier(probe, settings, options, schedule),
            Settings = settings.Told,
        };
    }

    private static ClassifierPlan? Classifier(CheckpointProbe probe, ModelSettings settings, GuidedUnetOptions unet, string schedule)
    {
        const string Scaled = "scaled";
        if (probe.Flag("classifier") is not { } path)
        {
            return null;
        }

        string input = settings.Text("classifier_input", _ => null, (Scaled, "default"), Scaled, "unscaled");
        double scale = settings.Number("classifier_scale", 1);
        Dictionary<string, string> flags = [];
        if (probe.Flag("classifier_config") is { } configPath)
        {
            flags["config"] = configPath;
        }

        CheckpointProbe classifier = CheckpointProbe.Open(new ModelLoadOptions { Path = path, Flags = flags });
        try
        {
            ITensorStore store = RequireStore(classifier);
            GuidedShapes shapes = new(store);
            if (!shapes.IsClassifier)
            {
                throw new InvalidDataException($"{classifier.Name} must be a classifier, but is a diffusion model.");
            }

            ModelSettings told = new(classifier, classifier.Config);
            GuidedClassifierOptions options = GuidedFlags.Classifier(shapes, told, unet.ImageSize);
            string trained = told.Config?.Text("noise_schedule", schedule) ?? schedule;
            RequireFit(classifier.Name, options, unet, trained, schedule);
            return new ClassifierPlan(
                classifier,
                store,
                options.ClassCount,
                reader => new ClassifierTerm(new GuidedClassifier(reader, options), GuidedFlags.Ladder(trained), scale, input == Scaled));
        }
        catch
        {
            classifier.Dispose();
            throw;
        }
    }

    private static void RequireFit(string name, GuidedClassifierOptions classifier, GuidedUnetOptions unet, string trained, string schedule)
    {
        if (classifier.ImageSize != unet.ImageSize)
        {
            throw new ArgumentException($"{nameof(classifier)} must be of images of {unet.ImageSize} pixels as its model, but {name} is of {classifier.ImageSize}.", nameof(classifier));
        }

        if (trained != schedule)
        {
            throw new ArgumentException($"{nameof(classifier)} must be of the {schedule} schedule as its model, but {name} is of {trained}.", nameof(classifier));
        }

        if (unet.ClassCount > 0 && unet.ClassCount != classifier.ClassCount)
        {
            throw new ArgumentException($"{nameof(classifier)} must have {unet.ClassCount} classes as its model, but {name} has {classifier.ClassCount}.", nameof(classifier));
        }
    }
}

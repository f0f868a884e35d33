using System.CommandLine;
using System.Globalization;
using Sjc.Contracts.Field.V1;

namespace Sjc.Cli.Options;

/// <summary>The options that make a job's spec. What is not given stays unset: the model's hints or the reference's value hold.</summary>
internal sealed class JobSpecOptions
{
    private readonly List<Option> options = [];
    private readonly List<Action<ParseResult, JobSpec>> setters = [];
    private readonly Option<string?> model = CliOptions.Text("--model", "NAME", "The scorer's model [its first].");
    private readonly Option<string?> negative = CliOptions.Text("--negative", "PROMPT", "What guidance leads away from.");
    private readonly Option<ulong?> seed = CliOptions.LongWhole("--seed", "Of every random number [0].");
    private readonly Option<string?> background = CliOptions.Text("--background", "C,C,..", "A fixed background colour in the model's value range, such as -1,1,1 [the model's, else a learnt texture].");

    private readonly Option<string?> growth = CliOptions.Text("--grow", "ITERATION:VOXELS,..", "Iterations from which on the grid is larger, such as 200:64,300:96 [never].");
    private readonly Option<string?> pruning = CliOptions.Text("--prune", "ITERATION,..", "Iterations before which what cannot be seen is masked out of the field, such as 200,300 [never].");

    public JobSpecOptions()
    {
        options.AddRange([model, negative, seed]);
        AddRun();
        AddScore();
        AddField();
        AddCamera();
        AddLosses();
    }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command) => options.ForEach(command.Add);

    /// <summary>The spec of a command line.</summary>
    public JobSpec Read(ParseResult parsed, string prompt)
    {
        JobSpec spec = new()
        {
            Prompt = prompt,
            NegativePrompt = parsed.GetValue(negative) ?? string.Empty,
            Model = parsed.GetValue(model) ?? string.Empty,
            Seed = parsed.GetValue(seed) ?? 0,
            Field = new FieldSpec(),
            Camera = new CameraSpec(),
            Score = new ScoreSpec(),
            Loss = new LossSpec(),
            Optimizer = new OptimizerSpec(),
        };
        setters.ForEach(set => set(parsed, spec));
        return spec;
    }

    private void AddRun()
    {
        Whole("--class", "What to make, where the model is conditioned by class labels.", (spec, value) => spec.ClassLabel = value);
        Whole("--iterations", "Optimiser steps [the model's, else 10000].", (spec, value) => spec.Iterations = value);
        Whole("--checkpoint-every", "Iterations between checkpoints [100].", (spec, value) => spec.CheckpointEvery = value);
        Whole("--preview-every", "Iterations between preview pictures; 0: none [25].", (spec, value) => spec.PreviewEvery = value);
        Real("--learning-rate", "Adamax base rate [the model's, else 0.05].", (spec, value) => spec.Optimizer.LearningRate = value);
    }

    private void AddScore()
    {
        Real("--guidance", "Guidance scale [the model's, else 1; latent models 100].", (spec, value) => spec.Score.GuidanceScale = value);
        Switch("--through-encoder", "Optimise RGB colours against a latent model: pictures go through its encoder [false].", (spec, value) => spec.Score.ThroughEncoder = value);
        Whole("--draws", "Draws of perturb-and-average scoring per view [1].", (spec, value) => spec.Score.Draws = value);
        Whole("--views", "Views per iteration [the model's, else 1].", (spec, value) => spec.Score.ViewsPerIteration = value);
        Switch("--variance-reduction", "Subtract the clean render instead of the noisy one [true].", (spec, value) => spec.Score.VarianceReduction = value);
        Switch("--clamp-denoised", "Clamp the denoised guess to the model's value range [the model's, else false].", (spec, value) => spec.Score.ClampDenoised = value);
        Real("--sigma-min", "Lower end of the drawn noise levels [the model's].", (spec, value) => SetSigma(spec, score => score.SigmaMin = value));
        Real("--sigma-max-start", "Upper end of the drawn noise levels at the first iteration [the model's].", (spec, value) => SetSigma(spec, score => score.SigmaMaxStart = value));
        Real("--sigma-max-end", "Upper end of the drawn noise levels at the last iteration [the model's, else that at the first].", (spec, value) => SetSigma(spec, score => score.SigmaMaxEnd = value));
        Option<string?> distribution = CliOptions.Text("--sigma-distribution", "ladder|log-uniform", "How noise levels are drawn [log-uniform with a range or without a ladder, else ladder].");
        distribution.AcceptOnlyFromAmong("ladder", "log-uniform");
        options.Add(distribution);
        setters.Add((parsed, spec) => spec.Score.SigmaDistribution = parsed.GetValue(distribution) switch
        {
            "ladder" => SigmaDistribution.Ladder,
            "log-uniform" => SigmaDistribution.LogUniform,
            _ => spec.Score.SigmaDistribution,
        });
    }

    private void AddField()
    {
        Whole("--grid", "Voxels along each side of the box [the model's, else 100].", (spec, value) => spec.Field.GridSize = value);
        options.Add(growth);
        setters.Add((parsed, spec) => spec.Field.Growth.Add(ReadList(growth.Name, "pairs ITERATION:VOXELS", parsed.GetValue(growth), ReadGrowth)));
        options.Add(pruning);
        setters.Add((parsed, spec) => spec.Field.PruneIterations.Add(ReadList(pruning.Name, "iterations", parsed.GetValue(pruning), ReadWhole)));
        Real("--prune-threshold", "Opacity over one voxel above which it and its neighbours can be seen [0.08].", (spec, value) => spec.Field.PruneThreshold = value);
        Real("--box", "Half the box's side, world units [the model's, else 1].", (spec, value) => spec.Field.BoxHalfExtent = value);
        Real("--density-shift", "Added to the raw density before softplus [the model's, else -1].", (spec, value) => spec.Field.DensityShift = value);
        Whole("--render-size", "Side of the training renders, pixels [the model's].", (spec, value) => spec.Field.RenderSize = value);
        Real("--step-ratio", "Step along a ray in voxel lengths [the model's, else 1; latent models 0.5].", (spec, value) => spec.Field.StepRatio = value);
        Switch("--random-ray-offset", "Shift each view's samples by a random part of a step [true; latent models false].", (spec, value) => spec.Field.RandomRayOffset = value);
        options.Add(background);
        setters.Add((parsed, spec) => spec.Field.BackgroundColor.Add(ReadList(background.Name, "numbers", parsed.GetValue(background), part => float.Parse(part, CultureInfo.InvariantCulture))));
    }

    private void AddCamera()
    {
        Real("--radius", "Distance of the cameras from the centre, world units [the model's, else 1.5].", (spec, value) => spec.Camera.Radius = value);
        Real("--fov-min", "Least horizontal field of view, degrees [the model's, else 40].", (spec, value) => spec.Camera.FovMinDegrees = value);
        Real("--fov-max", "Greatest horizontal field of view, degrees [the model's, else 70].", (spec, value) => spec.Camera.FovMaxDegrees = value);
        Switch("--view-prompts", "Word the view into the prompt [true].", (spec, value) => spec.Camera.ViewDependentPrompts = value);
    }

    private void AddLosses()
    {
        Real("--emptiness-weight", "Weight of the emptiness loss [the model's, else 10000].", (spec, value) => spec.Loss.EmptinessWeight = value);
        Real("--emptiness-scale", "Scale within the emptiness loss [the model's, else 10].", (spec, value) => spec.Loss.EmptinessScale = value);
        Real("--emptiness-step", "Part of the run after which the emptiness weight is multiplied [0.5].", (spec, value) => spec.Loss.EmptinessStep = value);
        Real("--emptiness-multiplier", "The factor then; 1: never [20; with the model's weight 1].", (spec, value) => spec.Loss.EmptinessMultiplier = value);
        Real("--depth-weight", "Weight of the centre-depth loss [0].", (spec, value) => spec.Loss.DepthWeight = value);
    }

    private void Whole(string name, string description, Action<JobSpec, uint> set) => Add(CliOptions.Whole(name, description), set);

    private void Real(string name, string description, Action<JobSpec, double> set) => Add(CliOptions.Real(name, description), set);

    private void Switch(string name, string description, Action<JobSpec, bool> set)
    {
        Option<string?> option = CliOptions.Switch(name, description);
        options.Add(option);
        setters.Add((parsed, spec) =>
        {
            if (parsed.GetValue(option) is { } value)
            {
                set(spec, value == "true");
            }
        });
    }

    private void Add<T>(Option<T?> option, Action<JobSpec, T> set)
        where T : struct
    {
        options.Add(option);
        setters.Add((parsed, spec) =>
        {
            if (parsed.GetValue(option) is { } value)
            {
                set(spec, value);
            }
        });
    }

    /// <summary>A range of noise levels makes sense with the log-uniform distribution alone.</summary>
    private static void SetSigma(JobSpec spec, Action<ScoreSpec> set)
    {
        set(spec.Score);
        spec.Score.SigmaDistribution = SigmaDistribution.LogUniform;
    }

    private static GrowthStep ReadGrowth(string text) => text.Split(':') is [string iteration, string voxels]
        ? new GrowthStep { Iteration = ReadWhole(iteration), GridSize = ReadWhole(voxels) }
        : throw new FormatException();

    private static uint ReadWhole(string text) => uint.Parse(text, CultureInfo.InvariantCulture);

    private static T[] ReadList<T>(string option, string kind, string? text, Func<string, T> read)
    {
        try
        {
            return text is null ? [] : [.. text.Split(',').Select(read)];
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw CommandException.Usage($"{option} must be {kind} with commas between them, but is {text}.");
        }
    }
}

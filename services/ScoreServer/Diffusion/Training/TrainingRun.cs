using System.Diagnostics;
using Sjc.Diffusion.Networks;
using Sjc.Diffusion.Shapes;

namespace Sjc.Diffusion.Training;

/// <summary>A training run from pictures to exported weights: checkpoints, validation and sample sheets in one folder.</summary>
public sealed class TrainingRun : IDisposable
{
    private const int StepsPerReport = 50;
    private readonly ShapesTrainer trainer;
    private readonly DenoisingValidation validation;
    private readonly string folder;
    private readonly TimeSpan checkpointInterval;

    /// <summary>Renders the pictures and, where the folder holds a checkpoint and <paramref name="resume"/> is set, goes on from it.</summary>
    /// <param name="options">How to train.</param>
    /// <param name="folder">Receives training.safetensors, shapes.safetensors, samples.png.</param>
    /// <param name="resume">Go on from the folder's checkpoint.</param>
    /// <param name="checkpointInterval">Between checkpoints.</param>
    /// <param name="startWeights">A file of weights to start from, or null for random ones; a checkpoint to go on with takes precedence.</param>
    /// <param name="cancellationToken">Stops the rendering.</param>
    /// <exception cref="InvalidDataException">The checkpoint or the weights belong to another catalogue or network.</exception>
    public TrainingRun(TrainingOptions options, string folder, bool resume, TimeSpan checkpointInterval, string? startWeights = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Directory.CreateDirectory(folder);
        this.folder = folder;
        this.checkpointInterval = checkpointInterval;
        ShapePictures pictures = new(ShapeCatalogue.Objects, options.PictureCount, options.ImageSize, options.Seed, options.Threads, cancellationToken);
        validation = new DenoisingValidation(192, options.ImageSize, options.Threads);
        trainer = new ShapesTrainer(options, pictures);
        if (resume)
        {
            TrainingCheckpoint.Load(trainer, CheckpointPath);
        }
        else if (startWeights is not null)
        {
            trainer.StartFrom(startWeights);
        }
    }

    /// <summary>Sets the number of threads of libtorch's kernels, for the whole process.</summary>
    public static void UseThreads(int threads) => TorchSharp.torch.set_num_threads(threads);

    /// <summary>Whether a folder holds a run to go on with.</summary>
    public static bool HasCheckpoint(string folder) => File.Exists(CheckpointIn(folder));

    /// <summary>The options of the run whose checkpoint a folder holds.</summary>
    /// <exception cref="IOException">There is no checkpoint.</exception>
    public static TrainingOptions OptionsOf(string folder) => TrainingCheckpoint.ReadOptions(CheckpointIn(folder));

    /// <summary>Where the whole state is kept.</summary>
    public string CheckpointPath => CheckpointIn(folder);

    /// <summary>Where the averaged weights are exported to.</summary>
    public string WeightsPath => Path.Combine(folder, "shapes.safetensors");

    /// <summary>Pictures shown so far.</summary>
    public long Visits => trainer.Visits;

    /// <summary>Trains until the planned visits are done or it is cancelled; either way ends with a checkpoint and exported weights.</summary>
    /// <param name="report">Called every 50 steps.</param>
    /// <param name="validated">Called after each validation with σ and mean squared error.</param>
    /// <param name="cancellationToken">Stops after the step in progress.</param>
    public void Train(Action<TrainingProgress> report, Action<long, IReadOnlyList<(double Sigma, double Error)>> validated, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(validated);
        Stopwatch sinceReport = Stopwatch.StartNew();
        Stopwatch sinceCheckpoint = Stopwatch.StartNew();
        double loss = 0;
        while (trainer.Visits < trainer.Options.TotalVisits && !cancellationToken.IsCancellationRequested)
        {
            loss += trainer.Step();
            if (trainer.Steps % StepsPerReport == 0)
            {
                double rate = StepsPerReport * trainer.Options.BatchSize / sinceReport.Elapsed.TotalSeconds;
                report(new TrainingProgress(trainer.Visits, trainer.Options.TotalVisits, loss / StepsPerReport, rate));
                loss = 0;
                if (sinceCheckpoint.Elapsed > checkpointInterval)
                {
                    Keep(validated);
                    sinceCheckpoint.Restart();
                }

                sinceReport.Restart();
            }
        }

        Keep(validated);
    }

    /// <inheritdoc/>
    public void Dispose() => trainer.Dispose();

    private static string CheckpointIn(string folder) => Path.Combine(folder, "training.safetensors");

    private void Keep(Action<long, IReadOnlyList<(double Sigma, double Error)>> validated)
    {
        TrainingCheckpoint.Save(trainer, CheckpointPath);
        using ShapesDenoiser denoiser = new(trainer.Average, trainer.Vocabulary, ShapeHints.Network, trainer.Device, ownsNetwork: false);
        (double Sigma, double Error)[] errors = [.. DenoisingValidation.Sigmas.Select(sigma => (sigma, validation.MeanSquaredError(denoiser, sigma)))];
        ShapesWeights.Write(trainer.Average, trainer.Vocabulary, Figures(errors), WeightsPath);
        WriteSamples(denoiser);
        validated(trainer.Visits, errors);
    }

    private Dictionary<string, string> Figures((double Sigma, double Error)[] errors) => new()
    {
        ["visits"] = trainer.Visits.ToString(),
        ["seed"] = trainer.Options.Seed.ToString(),
        ["validation_mse"] = string.Join(" ", errors.Select(error => $"{error.Sigma}:{error.Error:F5}")),
    };

    private void WriteSamples(ShapesDenoiser denoiser)
    {
        string[] views = ["front view", "front left view from above", "back view", "right side view from high above"];
        IReadOnlyList<string> prompts = denoiser.Description.ExamplePrompts;
        IReadOnlyList<float[]>[] rows =
            [.. views.Select((words, i) => SampleSheet.Draw(denoiser, [.. prompts.Select(prompt => ShapeViewWords.Wording.Compose(words, prompt))], 12, (ulong)i))];
        int size = trainer.Options.ImageSize;
        SampleSheet.Write(rows, size, size, Path.Combine(folder, "samples.png"));
    }
}

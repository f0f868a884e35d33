using System.CommandLine;
using System.Globalization;
using Sjc.Cli.Options;
using Sjc.Diffusion.Networks;
using Sjc.Diffusion.Training;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc train</c>: trains the shapes model.</summary>
internal sealed class TrainCommand
{
    private const uint MaxThreads = 1024;
    private const uint MaxPictures = 10_000_000;
    private const uint MaxBatch = 65_536;
    private const int MaxChannels = 4096;
    private const int ChannelMultiple = 8;
    private const double MaxMinutes = 1e6;

    private readonly CliConsole console;
    private readonly Option<string?> output = CliOptions.Text("--out", "DIR", "Folder of checkpoints, weights and sample sheets [runs/train].");
    private readonly Option<ulong?> visits = CliOptions.LongWhole("--visits", "Pictures to show in all; the learning rate falls to 0 over them [400000].");
    private readonly Option<bool> resume = new("--resume") { Description = "Go on from the folder's checkpoint with its options; --visits may plan another number." };
    private readonly Option<ulong?> seed = CliOptions.LongWhole("--seed", "Of start values, pictures and noise [0].");
    private readonly Option<uint?> threads = CliOptions.Whole("--threads", "CPU threads [one for each core].");
    private readonly Option<string?> device = CliOptions.Text("--device", "cpu|cuda", "Where to train [cpu].");
    private readonly Option<uint?> pictures = CliOptions.Whole("--pictures", "Pictures to render before training [96000].");
    private readonly Option<uint?> batch = CliOptions.Whole("--batch", "Pictures in a step [32].");
    private readonly Option<double?> learningRate = CliOptions.Real("--learning-rate", "Of Adam, at its highest [0.0012].");
    private readonly Option<string[]> channels = new("--channels") { Description = "Channels at the three resolutions [64 96 128].", HelpName = "N", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> from = CliOptions.Text("--from", "FILE|shipped", "Weights to start from [random].");
    private readonly Option<double?> minutes = CliOptions.Real("--checkpoint-minutes", "Between checkpoints [5].");

    private TrainCommand(CliConsole console)
    {
        this.console = console;
        device.AcceptOnlyFromAmong("cpu", "cuda");
    }

    public static Command Create(CliConsole console)
    {
        TrainCommand train = new(console);
        Command command = new("train", "Train the shapes model on procedural pictures.")
        {
            train.output, train.visits, train.resume, train.seed, train.threads, train.device, train.pictures, train.batch, train.learningRate, train.channels, train.from,
            train.minutes,
        };
        command.SetAction((parsed, cancellationToken) => Task.Run(() => train.Run(parsed, cancellationToken), CancellationToken.None));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        string folder = parsed.GetValue(output) ?? Path.Combine("runs", "train");
        bool isResumed = parsed.GetValue(resume);
        if (isResumed && !TrainingRun.HasCheckpoint(folder))
        {
            throw CommandException.Usage($"{output.Name} must be the folder of a run to go on with, but {folder} holds no checkpoint.");
        }

        string? start = StartWeights(parsed.GetValue(from), isResumed);
        TrainingOptions options = isResumed ? TrainingRun.OptionsOf(folder) : ReadOptions(parsed);
        options = options with
        {
            TotalVisits = (long)CliOptions.Require(visits, parsed.GetValue(visits) ?? (ulong)options.TotalVisits, 0UL, (ulong)long.MaxValue),
            Threads = (int)CliOptions.Require(threads, parsed.GetValue(threads) ?? (uint)Environment.ProcessorCount, 1u, MaxThreads),
            Device = parsed.GetValue(device) ?? "cpu",
        };
        TimeSpan interval = TimeSpan.FromMinutes(CliOptions.Require(minutes, parsed.GetValue(minutes) ?? 5, 0.0, MaxMinutes));
        return Run(options, CliOptions.CreateFolder(output.Name, folder), isResumed, start, interval, cancellationToken);
    }

    private string? StartWeights(string? text, bool isResumed)
    {
        if (text is null)
        {
            return null;
        }

        if (isResumed)
        {
            throw CommandException.Usage($"{from.Name} must not be given with {resume.Name}, whose checkpoint has the weights.");
        }

        string path = text is "shipped" ? ShapeModels.ShippedWeightsPath : text;
        return File.Exists(path) ? path : throw CommandException.Usage($"{from.Name} must be a file of weights or \"shipped\", but is {text}.");
    }

    private TrainingOptions ReadOptions(ParseResult parsed)
    {
        TrainingOptions standard = new();
        return standard with
        {
            Seed = parsed.GetValue(seed) ?? standard.Seed,
            PictureCount = (int)CliOptions.Require(pictures, parsed.GetValue(pictures) ?? (uint)standard.PictureCount, 1u, MaxPictures),
            BatchSize = (int)CliOptions.Require(batch, parsed.GetValue(batch) ?? (uint)standard.BatchSize, 1u, MaxBatch),
            LearningRate = CliOptions.Require(learningRate, parsed.GetValue(learningRate) ?? standard.LearningRate, 0, 1),
            Channels = parsed.GetValue(channels) is { Length: > 0 } given ? ReadChannels(given) : standard.Channels,
        };
    }

    /// <summary>One for each resolution; the network's group norms divide them.</summary>
    private int[] ReadChannels(string[] texts) =>
        texts.Length == 3 && texts.All(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value is > 0 and <= MaxChannels && value % ChannelMultiple == 0)
            ? [.. texts.Select(text => int.Parse(text, CultureInfo.InvariantCulture))]
            : throw CommandException.Usage($"{channels.Name} must be three multiples of {ChannelMultiple} of at most {MaxChannels}, but is {string.Join(' ', texts)}.");

    private int Run(TrainingOptions options, string folder, bool resume, string? start, TimeSpan checkpointInterval, CancellationToken cancellationToken)
    {
        TrainingRun.UseThreads(options.Threads);
        console.WriteLine($"Rendering {options.PictureCount} pictures …");
        using TrainingRun run = new(options, folder, resume, checkpointInterval, start, cancellationToken);
        console.WriteLine(resume ? $"Going on after {run.Visits} visits." : start is null ? "Training." : $"Training on from {start}.");
        long nextLine = 0;
        run.Train(
            progress =>
            {
                string line = $"{progress.Visits,8}/{progress.TotalVisits} visits  loss {progress.Loss:F4}  {progress.VisitsPerSecond:F0}/s  {progress.Remaining:hh\\:mm\\:ss} left";
                if (console.Interactive)
                {
                    console.Output.Profile.Out.Writer.Write($"\r{Bar((double)progress.Visits / progress.TotalVisits)} {line} ");
                }
                else if (progress.Visits >= nextLine)
                {
                    console.WriteLine($"{DateTime.Now.ToString("T", CultureInfo.InvariantCulture)} {line}");
                    nextLine = progress.Visits + (progress.TotalVisits / 200);
                }
            },
            (done, errors) => console.WriteLine($"\n{done} visits, validation MSE {string.Join("  ", errors.Select(error => $"σ={error.Sigma} {error.Error:F5}"))}"),
            cancellationToken);
        console.WriteLine($"Weights: {run.WeightsPath}");
        if (run.Visits < options.TotalVisits)
        {
            console.WriteLine($"Stopped after {run.Visits} visits. To go on: sjc train --resume --out {folder} --threads {options.Threads}");
            return ExitCode.Interrupted;
        }

        return ExitCode.Success;
    }

    private static string Bar(double share)
    {
        const int Width = 24;
        int done = (int)(Math.Clamp(share, 0, 1) * Width);
        return $"[{new string('#', done)}{new string('.', Width - done)}]";
    }
}

using System.CommandLine;
using System.Globalization;
using Sjc.Diffusion.Training;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc train</c>: trains the shapes model.</summary>
internal static class TrainCommand
{
    public static Command Create(CliConsole console)
    {
        Option<DirectoryInfo> output = new("--out") { Description = "Folder of checkpoints, weights and sample sheets.", DefaultValueFactory = _ => new DirectoryInfo("runs/train") };
        Option<long?> visits = new("--visits") { Description = "Pictures to show in all; the learning rate falls to 0 over them [400000]." };
        Option<bool> resume = new("--resume") { Description = "Go on from the folder's checkpoint with its options; --visits may plan another number." };
        Option<ulong> seed = new("--seed") { Description = "Of start values, pictures and noise." };
        Option<int> threads = new("--threads") { Description = "CPU threads.", DefaultValueFactory = _ => Environment.ProcessorCount };
        Option<string> device = new("--device") { Description = "cpu or cuda.", DefaultValueFactory = _ => "cpu" };
        Option<int> pictures = new("--pictures") { Description = "Pictures to render before training.", DefaultValueFactory = _ => 96_000 };
        Option<int> batch = new("--batch") { Description = "Pictures in a step.", DefaultValueFactory = _ => 32 };
        Option<double> learningRate = new("--learning-rate") { Description = "Of Adam, at its highest.", DefaultValueFactory = _ => 1.2e-3 };
        Option<int[]> channels = new("--channels") { Description = "Channels at the three resolutions.", DefaultValueFactory = _ => [64, 96, 128], AllowMultipleArgumentsPerToken = true };
        Option<double> minutes = new("--checkpoint-minutes") { Description = "Between checkpoints.", DefaultValueFactory = _ => 5 };
        device.AcceptOnlyFromAmong("cpu", "cuda");
        Command command = new("train", "Train the shapes model on procedural pictures.") { output, visits, resume, seed, threads, device, pictures, batch, learningRate, channels, minutes };
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () =>
            {
                string folder = parsed.GetValue(output)!.FullName;
                TrainingOptions options = parsed.GetValue(resume)
                    ? TrainingRun.OptionsOf(folder)
                    : new TrainingOptions
                    {
                        Seed = parsed.GetValue(seed),
                        PictureCount = parsed.GetValue(pictures),
                        BatchSize = parsed.GetValue(batch),
                        LearningRate = parsed.GetValue(learningRate),
                        Channels = parsed.GetValue(channels)!,
                    };
                options = options with
                {
                    TotalVisits = parsed.GetValue(visits) ?? options.TotalVisits,
                    Threads = parsed.GetValue(threads),
                    Device = parsed.GetValue(device)!,
                };
                return Run(console, options, folder, parsed.GetValue(resume), TimeSpan.FromMinutes(parsed.GetValue(minutes)), cancellationToken);
            },
            CancellationToken.None));
        return command;
    }

    private static int Run(CliConsole console, TrainingOptions options, string folder, bool resume, TimeSpan checkpointInterval, CancellationToken cancellationToken)
    {
        TrainingRun.UseThreads(options.Threads);
        console.WriteLine($"Rendering {options.PictureCount} pictures …");
        using TrainingRun run = new(options, folder, resume, checkpointInterval, cancellationToken);
        console.WriteLine(resume ? $"Going on after {run.Visits} visits." : "Training.");
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

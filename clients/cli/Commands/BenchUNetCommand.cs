using System.CommandLine;
using Sjc.Benchmarks.Networks;
using Sjc.Cli.Reports;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc bench unet</c>: the rate of Stable Diffusion's UNet against that of matrix products.</summary>
internal static class BenchUNetCommand
{
    private const int KernelRounds = 7;

    public static Command Create(CliConsole console)
    {
        Option<FileInfo?> json = new("--json") { Description = "Also write the figures to this file." };
        Option<int?> threads = new("--threads") { Description = "Threads of libtorch; its own choice where unset." };
        Option<int> rounds = new("--rounds") { Description = "Passes of the network; one more warms up.", DefaultValueFactory = _ => 3 };
        Command command = new("unet", "Time the UNet of a fabricated SD 1.5 (batch 2, 64×64 latents) against matrix products of libtorch; takes 4 GB of memory and a minute or two.")
        {
            json,
            threads,
            rounds,
        };
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () => Run(console, parsed.GetValue(json), parsed.GetValue(threads), parsed.GetValue(rounds), cancellationToken), cancellationToken));
        return command;
    }

    private static int Run(CliConsole console, FileInfo? json, int? threads, int rounds, CancellationToken cancellationToken)
    {
        if (threads < 1 || rounds < 1)
        {
            throw CommandException.Usage($"--threads and --rounds must be at least 1, but are {threads} and {rounds}.");
        }

        BenchReport report = new("bench unet");
        foreach (UNetFigure figure in UNetBenchmark.Run(threads, rounds, cancellationToken).Concat(KernelChoiceBenchmark.Run(KernelRounds, cancellationToken)))
        {
            report.Add(figure.Case, figure.Metric, figure.Value, figure.Unit);
        }

        report.WriteTable(console.Output);
        if (json is not null)
        {
            report.WriteJson(json.FullName);
        }

        return ExitCode.Success;
    }
}

using System.CommandLine;
using Sjc.Benchmarks.Networks;
using Sjc.Cli.Options;
using Sjc.Cli.Reports;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc bench unet</c>: the rate of Stable Diffusion's UNet against that of matrix products.</summary>
internal static class BenchUNetCommand
{
    private const int KernelRounds = 7;
    private const uint MaxThreads = 1024;
    private const uint MaxRounds = 100_000;

    public static Command Create(CliConsole console)
    {
        Option<string?> json = CliOptions.JsonFile();
        Option<uint?> threads = CliOptions.Whole("--threads", "Threads of libtorch [its own choice].");
        Option<uint?> rounds = CliOptions.Whole("--rounds", "Passes of the network; one more warms up [3].");
        Command command = new("unet", "Time the UNet of a fabricated SD 1.5 (batch 2, 64×64 latents) against matrix products of libtorch; takes 4 GB of memory and a minute or two.")
        {
            json,
            threads,
            rounds,
        };
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () => Run(
                console,
                parsed.GetValue(json),
                parsed.GetValue(threads) is { } given ? (int)CliOptions.Require(threads, given, 1u, MaxThreads) : null,
                (int)CliOptions.Require(rounds, parsed.GetValue(rounds) ?? 3, 1u, MaxRounds),
                cancellationToken),
            cancellationToken));
        return command;
    }

    private static int Run(CliConsole console, string? json, int? threads, int rounds, CancellationToken cancellationToken)
    {
        BenchReport report = new("bench unet");
        foreach (UNetFigure figure in UNetBenchmark.Run(threads, rounds, cancellationToken).Concat(KernelChoiceBenchmark.Run(KernelRounds, cancellationToken)))
        {
            report.Add(figure.Case, figure.Metric, figure.Value, figure.Unit);
        }

        report.Write(console, json);
        return ExitCode.Success;
    }
}

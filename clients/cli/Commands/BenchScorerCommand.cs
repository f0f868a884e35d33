using System.CommandLine;
using Sjc.Benchmarks.Scoring;
using Sjc.Cli.Reports;
using Sjc.Cli.Services;
using Sjc.ScoreServer;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc bench scorer</c>: a scorer on the processor against its bare network.</summary>
internal static class BenchScorerCommand
{
    private const int MaxSeconds = 3600;
    private const int MaxOptimizers = 64;

    public static Command Create(CliConsole console)
    {
        Option<FileInfo?> json = new("--json") { Description = "Also write the figures to this file." };
        Option<int> threads = new("--threads") { Description = "Threads of the network; the transport of both sides needs a core as well.", DefaultValueFactory = _ => 1 };
        Option<int> seconds = new("--seconds") { Description = "Of each closed-loop measurement.", DefaultValueFactory = _ => 5 };
        Option<int> overload = new("--overload-seconds") { Description = "Of the overload.", DefaultValueFactory = _ => 60 };
        Option<int> optimizers = new("--optimizers") { Description = "Optimizers that share a scorer; 0: leave them out.", DefaultValueFactory = _ => 16 };
        Command command = new("scorer", "Measure a scorer with the shipped network on the processor: rates, latency, fairness, overload, memory.") { json, threads, seconds, overload, optimizers };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            console,
            parsed.GetValue(json),
            Require("--threads", parsed.GetValue(threads), 1, Environment.ProcessorCount),
            Require("--seconds", parsed.GetValue(seconds), 1, MaxSeconds),
            Require("--overload-seconds", parsed.GetValue(overload), 1, MaxSeconds),
            Require("--optimizers", parsed.GetValue(optimizers), 0, MaxOptimizers),
            cancellationToken));
        return command;
    }

    private static int Require(string name, int value, int least, int most) =>
        value >= least && value <= most ? value : throw CommandException.Usage($"{name} must be in [{least}, {most}], but is {value}.");

    private static async Task<int> RunAsync(CliConsole console, FileInfo? json, int threads, int seconds, int overload, int optimizers, CancellationToken cancellationToken)
    {
        InlineSockets.Enable(); // The clients' own, as the scorer does: their wake-ups count in its latency.
        BenchReport report = new("bench scorer");
        ScorerBenchmarkOptions options = new()
        {
            StartScorer = ChildScorer.StartAsync,
            RunJobs = SmallJobs.RunAsync,
            Threads = threads,
            Duration = TimeSpan.FromSeconds(seconds),
            OverloadDuration = TimeSpan.FromSeconds(overload),
            Optimizers = optimizers,
            Report = text => console.WriteLine($"measuring {text} ..."),
        };
        await foreach (ScorerFigure figure in ScorerBenchmark.RunAsync(options, cancellationToken))
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

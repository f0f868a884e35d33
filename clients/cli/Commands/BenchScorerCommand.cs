using System.CommandLine;
using Sjc.Benchmarks.Scoring;
using Sjc.Cli.Options;
using Sjc.Cli.Reports;
using Sjc.Cli.Services;
using Sjc.ScoreServer;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc bench scorer</c>: a scorer on the processor against its bare network.</summary>
internal static class BenchScorerCommand
{
    private const uint MaxSeconds = 3600;
    private const uint MaxOptimizers = 64;

    public static Command Create(CliConsole console)
    {
        Option<string?> json = CliOptions.JsonFile();
        Option<uint?> threads = CliOptions.Whole("--threads", "Threads of the network; the transport of both sides needs a core as well [1].");
        Option<uint?> seconds = CliOptions.Whole("--seconds", "Of each closed-loop measurement [5].");
        Option<uint?> overload = CliOptions.Whole("--overload-seconds", "Of the overload [60].");
        Option<uint?> optimizers = CliOptions.Whole("--optimizers", "Optimizers that share a scorer; 0: leave them out [16].");
        Option<string[]> cases = new("--case") { Description = $"Only this part; may be given several times: {string.Join(", ", ScorerBenchmark.Parts)}." };
        Command command = new("scorer", "Measure a scorer with the shipped network on the processor: rates, latency, fairness, overload, memory.") { json, threads, seconds, overload, optimizers, cases };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            console,
            parsed.GetValue(json),
            Read(parsed, threads, 1, 1, (uint)Environment.ProcessorCount),
            Read(parsed, seconds, 5, 1, MaxSeconds),
            Read(parsed, overload, 60, 1, MaxSeconds),
            Read(parsed, optimizers, 16, 0, MaxOptimizers),
            RequireParts(parsed.GetValue(cases) ?? []),
            cancellationToken));
        return command;
    }

    private static int Read(ParseResult parsed, Option<uint?> option, uint otherwise, uint least, uint most) =>
        (int)CliOptions.Require(option, parsed.GetValue(option) ?? otherwise, least, most);

    private static string[] RequireParts(string[] parts) => Array.Find(parts, part => !ScorerBenchmark.Parts.Contains(part)) is { } unknown
        ? throw CommandException.Usage($"--case must be one of {string.Join(", ", ScorerBenchmark.Parts)}, but is {unknown}.")
        : parts;

    private static async Task<int> RunAsync(CliConsole console, string? json, int threads, int seconds, int overload, int optimizers, string[] parts, CancellationToken cancellationToken)
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
            Parts = parts,
            Report = text => console.WriteLine($"measuring {text} ..."),
        };
        await foreach (ScorerFigure figure in ScorerBenchmark.RunAsync(options, cancellationToken))
        {
            report.Add(figure.Case, figure.Metric, figure.Value, figure.Unit);
        }

        report.Write(console, json);
        return ExitCode.Success;
    }
}

using System.CommandLine;
using Sjc.Benchmarks.Rendering;
using Sjc.Cli.Reports;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc bench render</c>: the renderer's processor time against op-by-op libtorch.</summary>
internal static class BenchRenderCommand
{
    public static Command Create(CliConsole console)
    {
        Option<FileInfo?> json = new("--json") { Description = "Also write the figures to this file." };
        Option<int> threads = new("--threads") { Description = "Threads of the renderer; libtorch has one.", DefaultValueFactory = _ => 1 };
        Option<int> rounds = new("--rounds") { Description = "Iterations of libtorch per case; the renderer makes three for each.", DefaultValueFactory = _ => 7 };
        Option<bool> full = new("--full") { Description = "Grids of 64, 100 and 200, views of 64, 128 and 256 pixels, one and two threads; takes some minutes." };
        Command command = new("render", "Time forward + adjoint + Adamax at 100³ voxels and 64×64 pixels against op-by-op libtorch, in processor time.") { json, threads, rounds, full };
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () => Run(console, parsed.GetValue(json), parsed.GetValue(threads), parsed.GetValue(rounds), parsed.GetValue(full), cancellationToken), cancellationToken));
        return command;
    }

    private static int Run(CliConsole console, FileInfo? json, int threads, int rounds, bool full, CancellationToken cancellationToken)
    {
        if (threads < 1 || rounds < 1)
        {
            throw CommandException.Usage($"--threads and --rounds must be at least 1, but are {threads} and {rounds}.");
        }

        BenchReport report = new("bench render");
        foreach (RenderFigure figure in full ? FullRenderBenchmark.Run(cancellationToken) : RenderBenchmark.Run(threads, rounds, cancellationToken))
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

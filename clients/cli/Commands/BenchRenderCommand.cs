using System.CommandLine;
using Sjc.Benchmarks.Rendering;
using Sjc.Cli.Pictures;
using Sjc.Cli.Reports;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc bench render</c>: the renderer's processor time against op-by-op libtorch.</summary>
internal static class BenchRenderCommand
{
    public static Command Create(CliConsole console)
    {
        Option<FileInfo?> json = new("--json") { Description = "Also write the figures to this file." };
        Option<int> threads = new("--threads") { Description = "Threads of the renderer; libtorch has one.", DefaultValueFactory = _ => 1 };
        Option<int?> rounds = new("--rounds") { Description = "Iterations of libtorch per case, of which the renderer makes three for each [7]; with --full iterations of the renderer, every fourth with one of libtorch [9]." };
        Option<bool> full = new("--full") { Description = "Grids of 64, 100 and 200, views of 64, 128 and 256 pixels, one and two threads; takes some minutes." };
        Option<FileInfo?> plot = new("--plot") { Description = "With --full: draw the growth of cost with pixels and voxels into this PNG file." };
        Command command = new("render", "Time forward + adjoint + Adamax at 100³ voxels and 64×64 pixels against op-by-op libtorch, in processor time.") { json, threads, rounds, full, plot };
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () => Run(console, parsed.GetValue(json), parsed.GetValue(plot), parsed.GetValue(full), Figures(parsed.GetValue(threads), parsed.GetValue(rounds), parsed.GetValue(full), cancellationToken)),
            cancellationToken));
        return command;
    }

    private static IEnumerable<RenderFigure> Figures(int threads, int? rounds, bool full, CancellationToken cancellationToken)
    {
        int chosen = rounds ?? (full ? FullRenderBenchmark.StandardRounds : RenderBenchmark.StandardRounds);
        if (threads < 1 || chosen < 1)
        {
            throw CommandException.Usage($"--threads and --rounds must be at least 1, but are {threads} and {chosen}.");
        }

        return full ? FullRenderBenchmark.Run(chosen, cancellationToken) : RenderBenchmark.Run(threads, chosen, cancellationToken);
    }

    private static int Run(CliConsole console, FileInfo? json, FileInfo? plot, bool full, IEnumerable<RenderFigure> figures)
    {
        if (plot is not null && !full)
        {
            throw CommandException.Usage("--plot must come with --full, but comes without.");
        }

        BenchReport report = new("bench render");
        foreach (RenderFigure figure in figures)
        {
            report.Add(figure.Case, figure.Metric, figure.Value, figure.Unit);
        }

        report.WriteTable(console.Output);
        if (json is not null)
        {
            report.WriteJson(json.FullName);
        }

        if (plot is not null)
        {
            GrowthPlot.Write(plot.FullName, report.Results);
        }

        return ExitCode.Success;
    }
}

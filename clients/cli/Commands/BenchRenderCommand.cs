using System.CommandLine;
using Sjc.Benchmarks.Rendering;
using Sjc.Cli.Options;
using Sjc.Cli.Pictures;
using Sjc.Cli.Reports;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc bench render</c>: the renderer's processor time against op-by-op libtorch.</summary>
internal static class BenchRenderCommand
{
    private const uint MaxThreads = 1024;
    private const uint MaxRounds = 100_000;

    public static Command Create(CliConsole console)
    {
        Option<string?> json = CliOptions.JsonFile();
        Option<uint?> threads = CliOptions.Whole("--threads", "Threads of the renderer; libtorch has one [1].");
        Option<uint?> rounds = CliOptions.Whole("--rounds", "Iterations of libtorch per case, with a block of up to ten of the renderer for each [7]; with --full blocks, every fourth with one of libtorch [9].");
        Option<bool> full = new("--full") { Description = "Grids of 64, 100 and 200, views of 64, 128 and 256 pixels, one and two threads; takes some minutes." };
        Option<string?> plot = CliOptions.Text("--plot", "FILE", "With --full: draw the growth of cost with pixels and voxels into a PNG file.");
        Command command = new("render", "Time forward + adjoint + Adamax at 100³ voxels and 64×64 pixels against op-by-op libtorch, in processor time.") { json, threads, rounds, full, plot };
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () =>
            {
                bool isFull = parsed.GetValue(full);
                if (parsed.GetValue(plot) is not null && !isFull)
                {
                    throw CommandException.Usage("--plot must come with --full, but comes without.");
                }

                int team = (int)CliOptions.Require(threads, parsed.GetValue(threads) ?? 1, 1u, MaxThreads);
                int chosen = (int)CliOptions.Require(rounds, parsed.GetValue(rounds) ?? (uint)(isFull ? FullRenderBenchmark.StandardRounds : RenderBenchmark.StandardRounds), 1u, MaxRounds);
                return Run(
                    console, parsed.GetValue(json), parsed.GetValue(plot),
                    isFull ? FullRenderBenchmark.Run(chosen, cancellationToken) : RenderBenchmark.Run(team, chosen, cancellationToken));
            },
            cancellationToken));
        return command;
    }

    private static int Run(CliConsole console, string? json, string? plot, IEnumerable<RenderFigure> figures)
    {
        BenchReport report = new("bench render");
        foreach (RenderFigure figure in figures)
        {
            report.Add(figure.Case, figure.Metric, figure.Value, figure.Unit);
        }

        report.Write(console, json);
        if (plot is not null)
        {
            GrowthPlot.Write(plot, report.Results);
        }

        return ExitCode.Success;
    }
}

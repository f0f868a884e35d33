using System.CommandLine;
using Sjc.Cli.Evaluation;
using Sjc.Cli.Reports;
using Sjc.Diffusion;
using Sjc.Diffusion.Training;
using Sjc.Diffusion.Training.Shapes;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc evaluate</c>: makes objects of the catalogue and measures them against the procedural truth.</summary>
internal static class EvaluateCommand
{
    private const string Shapes = "shapes";
    private const string Exact = "exact";

    public static Command Create(CliConsole console)
    {
        Option<string> model = new("--model") { Description = "shapes: the trained network; exact: the closed form.", DefaultValueFactory = _ => Shapes };
        Option<bool> all = new("--all") { Description = "Every colour of every kind, not one." };
        Option<string[]> kinds = new("--kinds") { Description = "Only these kinds [all].", HelpName = "KIND", AllowMultipleArgumentsPerToken = true };
        Option<ulong> seed = new("--seed") { Description = "Of every job.", DefaultValueFactory = _ => 0 };
        Option<int> parallel = new("--parallel") { Description = "Objects made at the same time.", DefaultValueFactory = _ => 1 };
        Option<string?> output = new("--out") { Description = "Folder of contact sheet, samples and logs [runs/evaluate-MODEL].", HelpName = "DIR" };
        Option<string?> json = new("--json") { Description = "Also write the results to a file.", HelpName = "FILE" };
        model.AcceptOnlyFromAmong(Shapes, Exact);
        Command command = new("evaluate", "Make objects of the catalogue and measure them against the truth.") { model, all, kinds, seed, parallel, output, json };
        command.SetAction((parsed, cancellationToken) =>
        {
            string name = parsed.GetValue(model)!;
            EvaluationRequest request = new()
            {
                Model = name,
                Objects = Choose(parsed.GetValue(kinds) ?? [], parsed.GetValue(all)),
                Seed = parsed.GetValue(seed),
                Parallel = Math.Max(1, parsed.GetValue(parallel)),
                Folder = Path.GetFullPath(parsed.GetValue(output) ?? Path.Combine("runs", $"evaluate-{name}")),
            };
            return RunAsync(console, request, parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(CliConsole console, EvaluationRequest request, string? json, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(request.Folder);
        BenchReport report = await new EvaluationRun(console, request).RunAsync(cancellationToken);
        TrainingRun.UseThreads(Environment.ProcessorCount);
        using (IDenoiser denoiser = request.Model == Exact ? ShapeModels.Exact() : ShapeModels.Network())
        {
            PriorEvaluation.Run(denoiser, report, request.Folder, Environment.ProcessorCount);
        }

        report.WriteTable(console.Output);
        console.WriteLine($"Contact sheet and samples: {request.Folder}");
        if (json is not null)
        {
            report.WriteJson(json);
        }

        return ExitCode.Success;
    }

    private static ShapeObject[] Choose(string[] kinds, bool all)
    {
        foreach (string kind in kinds)
        {
            if (!ShapeCatalogue.Kinds.Any(known => known.Name == kind))
            {
                throw CommandException.Usage($"--kinds must be of {string.Join(", ", ShapeCatalogue.Kinds.Select(known => known.Name))}, but has {kind}.");
            }
        }

        IEnumerable<ShapeObject> objects = all ? ShapeCatalogue.Objects : PriorEvaluation.OnePerKind();
        return [.. objects.Where(shape => kinds.Length == 0 || kinds.Contains(shape.Kind.Name))];
    }
}

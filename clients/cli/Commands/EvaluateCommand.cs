using System.CommandLine;
using Sjc.Cli.Evaluation;
using Sjc.Cli.Options;
using Sjc.Cli.Reports;
using Sjc.Contracts.Field.V1;
using Sjc.Diffusion;
using Sjc.Diffusion.Networks;
using Sjc.Diffusion.Shapes;
using Sjc.Diffusion.Training;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc evaluate</c>: makes objects of the catalogue and measures them against the procedural truth.</summary>
internal static class EvaluateCommand
{
    private const string Shapes = "shapes";
    private const string Exact = "exact";
    private const uint MaxParallel = 64;

    public static Command Create(CliConsole console)
    {
        JobSpecOptions specOptions = new();
        Option<bool> all = new("--all") { Description = "Every colour of every kind, not one." };
        Option<string[]> kinds = new("--kinds") { Description = "Only these kinds [all].", HelpName = "KIND", AllowMultipleArgumentsPerToken = true };
        Option<uint?> parallel = CliOptions.Whole("--parallel", $"Objects made at the same time, in [1, {MaxParallel}] [1].");
        Option<string?> output = CliOptions.Text("--out", "DIR", "Folder of contact sheet, samples and logs [runs/evaluate-MODEL].");
        Option<string?> json = CliOptions.JsonFile();
        Command command = new("evaluate", "Make objects of the catalogue with the model shapes (the trained network) or exact (the closed form) and measure them against the truth.")
        {
            all, kinds, parallel, output, json,
        };
        specOptions.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            JobSpec spec = ReadSpec(specOptions, parsed);
            EvaluationRequest request = new()
            {
                Spec = spec,
                Objects = Choose(parsed.GetValue(kinds) ?? [], parsed.GetValue(all)),
                Parallel = (int)CliOptions.Require(parallel, parsed.GetValue(parallel) ?? 1, 1u, MaxParallel),
                Folder = CliOptions.CreateFolder(output.Name, parsed.GetValue(output) ?? Path.Combine("runs", $"evaluate-{spec.Model}")),
            };
            return RunAsync(console, request, parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(CliConsole console, EvaluationRequest request, string? json, CancellationToken cancellationToken)
    {
        BenchReport report = await new EvaluationRun(console, request).RunAsync(cancellationToken);
        TrainingRun.UseThreads(Environment.ProcessorCount);
        using (IDenoiser denoiser = request.Spec.Model == Exact ? ShapeModels.Exact() : ShapeModels.Network())
        {
            PriorEvaluation.Run(denoiser, report, request.Folder, Environment.ProcessorCount, cancellationToken);
        }

        report.Write(console, json);
        console.WriteLine($"Contact sheet and samples: {request.Folder}");
        return ExitCode.Success;
    }

    private static JobSpec ReadSpec(JobSpecOptions options, ParseResult parsed)
    {
        JobSpec spec = options.Read(parsed, prompt: "");
        spec.Model = spec.Model.Length == 0 ? Shapes : spec.Model;
        return spec.Model is Shapes or Exact ? spec : throw CommandException.Usage($"--model must be {Shapes} or {Exact}, but is {spec.Model}.");
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

using System.CommandLine;
using Sjc.Cli.Jobs;
using Sjc.Cli.Options;
using Sjc.Cli.Runs;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc generate</c>: text in, 3D out.</summary>
internal sealed class GenerateCommand
{
    private readonly CliConsole console;
    private readonly Argument<string?> prompt = new("prompt") { Description = "What to make, such as \"a red car\".", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> output = CliOptions.Text("--out", "DIR", "Folder of all files [runs/PROMPT-SEED].");
    private readonly Option<string?> resume = CliOptions.Text("--resume", "DIR", "Go on with the stopped run of a folder.");
    private readonly Option<bool> overwrite = new("--overwrite") { Description = "Replace an unfinished run of the folder." };
    private readonly Option<Uri?> scorer = ServiceAddress.Scorer("[one in this process]");
    private readonly Option<Uri?> optimizer = ServiceAddress.Optimizer("[one in this process]");
    private readonly Option<string?> renderer = RendererOption.Create();
    private readonly RunViewOptions views = new();
    private readonly JobSpecOptions specOptions = new();

    private GenerateCommand(CliConsole console) => this.console = console;

    public static Command Create(CliConsole console)
    {
        GenerateCommand generate = new(console);
        Command command = new("generate", "Make a 3D object from a prompt.") { generate.prompt, generate.output, generate.resume, generate.overwrite, generate.scorer, generate.optimizer, generate.renderer };
        generate.views.AddTo(command);
        generate.specOptions.AddTo(command);
        command.SetAction((parsed, cancellationToken) => new GenerateRun(console, generate.Read(parsed), TimeProvider.System).RunAsync(cancellationToken));
        return command;
    }

    private GenerateRequest Read(ParseResult parsed)
    {
        string? text = parsed.GetValue(prompt);
        if (parsed.GetValue(renderer) is not null && parsed.GetValue(optimizer) is not null)
        {
            throw CommandException.Usage("--renderer says where the optimizer in this process renders: the one of --optimizer has a setting of its own.");
        }

        string? resumed = parsed.GetValue(resume);
        if (resumed is not null)
        {
            return text is null ? ReadResumed(parsed, resumed) : throw CommandException.Usage("--resume goes on with a run as it was: it takes no prompt.");
        }

        // Only a model that is named can be one that takes no prompt; the optimizer knows.
        Contracts.Field.V1.JobSpec spec = specOptions.Read(parsed, text ?? string.Empty);
        if (string.IsNullOrWhiteSpace(text) && spec.Model.Length == 0)
        {
            throw CommandException.Usage("generate must have a prompt, such as: ./sjc generate \"a red car\"");
        }

        return new GenerateRequest
        {
            Folder = parsed.GetValue(output) is { } folder ? new RunFolder(folder) : RunFolder.Default(JobTexts.Subject(spec), spec.Seed),
            Spec = spec,
            Scorer = parsed.GetValue(scorer),
            Optimizer = parsed.GetValue(optimizer),
            Views = views.Read(parsed, new RunViews()),
            Renderer = parsed.GetValue(renderer),
            Overwrite = parsed.GetValue(overwrite),
        };
    }

    private GenerateRequest ReadResumed(ParseResult parsed, string path)
    {
        RunFolder folder = new(path);
        RunRecord record = RunRecord.Read(folder) ?? throw CommandException.Usage($"--resume must name the folder of a run, but {folder.Path} has no run.json.");
        return new GenerateRequest
        {
            Folder = folder,
            Scorer = parsed.GetValue(scorer) ?? record.Scorer,
            Optimizer = parsed.GetValue(optimizer) ?? record.Optimizer,
            Renderer = parsed.GetValue(renderer),
            Views = views.Read(parsed, record.Views),
        };
    }
}

using System.CommandLine;
using Sjc.Cli.Options;
using Sjc.Cli.Runs;
using Sjc.Cli.Services;
using Sjc.Contracts.Score.V1;
using Spectre.Console;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc models …</c>: what a scorer holds.</summary>
internal sealed class ModelsCommand
{
    private readonly CliConsole console;
    private readonly Option<Uri?> scorer = ServiceAddress.Scorer("[one in this process, with the models that ship with the product]");
    private readonly Argument<string> name = new("name") { Description = "The model's name." };

    private ModelsCommand(CliConsole console)
    {
        this.console = console;
        scorer.Recursive = true;
    }

    public static Command Create(CliConsole console)
    {
        ModelsCommand models = new(console);
        Command list = new("list", "The models of a scorer, one a line.");
        list.SetAction(models.ListAsync);
        Command show = new("show", "One model's description, as JSON.") { models.name };
        show.SetAction(models.ShowAsync);
        return new Command("models", "Models of a scorer.") { models.scorer, list, show };
    }

    private async Task<int> ListAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using ServiceConnection connection = await ServiceHosting.OpenScorerAsync(parsed.GetValue(scorer), logFile: null, cancellationToken);
        ListModelsResponse response = await connection.Scorer.ListModelsAsync(new ListModelsRequest(), cancellationToken: cancellationToken);
        Table table = new Table().AddColumns("name", "kind", "shape", "conditioning", "device", "description");
        foreach (Model model in response.Models)
        {
            string[] cells = [model.Name, model.Kind, string.Join('x', model.DataShape), $"{model.Conditioning}".ToLowerInvariant(), model.Device, model.Description];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        console.Output.Write(table);
        return ExitCode.Success;
    }

    private async Task<int> ShowAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using ServiceConnection connection = await ServiceHosting.OpenScorerAsync(parsed.GetValue(scorer), logFile: null, cancellationToken);
        Model model = await ModelChoice.FindAsync(connection.Scorer, parsed.GetRequiredValue(name), cancellationToken);
        console.WriteLine(RunRecord.ToText(model));
        return ExitCode.Success;
    }
}

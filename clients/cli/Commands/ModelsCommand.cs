using System.CommandLine;
using Sjc.Cli.Options;
using Sjc.Cli.Runs;
using Sjc.Cli.Services;
using Sjc.Contracts.Score.V1;
using Sjc.ScoreServer;
using Spectre.Console;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc models …</c>: what a scorer holds, and what checkpoints are.</summary>
internal sealed class ModelsCommand
{
    private readonly CliConsole console;
    private readonly Option<Uri?> scorer = ServiceAddress.Scorer("[the models that ship with the product]");
    private readonly Argument<string> name = new("name") { Description = "The model's name." };

    private ModelsCommand(CliConsole console) => this.console = console;

    public static Command Create(CliConsole console)
    {
        ModelsCommand models = new(console);
        Command list = new("list", "The models of a scorer, one a line.") { models.scorer };
        list.SetAction(models.ListAsync);
        Command show = new("show", "One model's description, as JSON.") { models.name, models.scorer };
        show.SetAction(models.ShowAsync);
        Command command = new("models", "Models of a scorer, and checkpoints in files.")
        {
            list, show, ModelsInspectCommand.Create(console), ModelsVerifyCommand.Create(console), ModelsFabricateCommand.Create(console),
        };
        ModelsAdminCommands.AddTo(command, console);
        return command;
    }

    private async Task<int> ListAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(scorer) is not { } address)
        {
            // Nobody needs to load hundreds of megabytes of libtorch to read a list.
            WriteTable(["name", "kind", "description"], ScoreServerApplication.ShippedModels.Select(model => new[] { model.Name, model.Kind, model.Summary }));
            return ExitCode.Success;
        }

        await using ServiceConnection connection = ServiceConnection.To(address);
        ListModelsResponse response = await connection.Scorer.ListModelsAsync(new ListModelsRequest(), cancellationToken: cancellationToken);
        WriteTable(["name", "kind", "shape", "conditioning", "device", "description"], response.Models.Select(model => new[]
        {
            model.Name, model.Kind, string.Join('x', model.DataShape), $"{model.Conditioning}".ToLowerInvariant(), model.Device, model.Description,
        }));
        return ExitCode.Success;
    }

    private void WriteTable(string[] columns, IEnumerable<string[]> rows)
    {
        Table table = new Table().AddColumns(columns);
        foreach (string[] row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        console.Output.Write(table);
    }

    private async Task<int> ShowAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using ServiceConnection connection = await ServiceHosting.OpenScorerAsync(parsed.GetValue(scorer), logFile: null, cancellationToken);
        Model model = await ModelChoice.FindAsync(connection.Scorer, parsed.GetRequiredValue(name), cancellationToken, name.Name);
        console.WriteLine(RunRecord.ToText(model));
        return ExitCode.Success;
    }
}

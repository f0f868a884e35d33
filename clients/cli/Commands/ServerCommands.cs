using System.CommandLine;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Sjc.Cli.Options;
using Sjc.Cli.Services;
using Sjc.FieldOptimizer;
using Sjc.ScoreServer;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc score-server</c> and <c>sjc field-optimizer</c>: the services on their own, until Ctrl-C.</summary>
internal static partial class ServerCommands
{
    private const string Passed = "Settings such as --Section:Key=VALUE go to the service.";

    public static Command CreateScoreServer()
    {
        Option<Uri?> listen = Listen(ServiceAddress.DefaultScorerPort);
        return Create("score-server", $"Run a score server. {Passed}", [listen], parsed =>
        {
            InlineSockets.Enable();
            return ScoreServerApplication.Build(
                [.. Settings(parsed)], new ScoreServerHosting { Url = ServiceAddress.ListenUrl(parsed.GetValue(listen)), Lifetime = new EmbeddedLifetime() });
        });
    }

    public static Command CreateFieldOptimizer()
    {
        Option<Uri?> listen = Listen(ServiceAddress.DefaultOptimizerPort);
        Option<string?> scorer = ServiceAddress.Scorers($"[http://localhost:{ServiceAddress.DefaultScorerPort}]");
        Option<string?> jobs = CliOptions.Text("--jobs", "DIR", "Folder of the jobs [runs/jobs].");
        Option<string?> renderer = RendererOption.Create();
        return Create("field-optimizer", $"Run a field optimizer. {Passed}", [listen, scorer, jobs, renderer], parsed => FieldOptimizerApplication.Build(
            [
                .. parsed.GetValue(scorer) is { } address ? new[] { $"--Scorer:Address={address}" } : [],
                .. parsed.GetValue(jobs) is { } folder ? new[] { $"--Optimizer:StoreFolder={Path.GetFullPath(folder)}" } : [],
                .. RendererOption.Settings(parsed.GetValue(renderer)),
                .. Settings(parsed),
            ],
            new FieldOptimizerHosting { Url = ServiceAddress.ListenUrl(parsed.GetValue(listen)), Lifetime = new EmbeddedLifetime() }));
    }

    private static Option<Uri?> Listen(int port) => ServiceAddress.Create("--listen", $"Where it listens; port 0: any free one [http://localhost:{port}].");

    private static Command Create(string name, string description, Option[] options, Func<ParseResult, WebApplication> build)
    {
        Command command = new(name, description) { TreatUnmatchedTokensAsErrors = false };
        Array.ForEach(options, command.Add);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using WebApplication application = build(parsed);
            await application.StartAsync(cancellationToken);
            await application.WaitForShutdownAsync(cancellationToken);
            return ExitCode.Success;
        });
        return command;
    }

    private static IEnumerable<string> Settings(ParseResult parsed) => parsed.UnmatchedTokens.Select(token => Setting().IsMatch(token)
        ? token
        : throw CommandException.Usage($"A setting must be --Section:Key=VALUE, but is {token}. See: sjc {parsed.CommandResult.Command.Name} --help"));

    [GeneratedRegex("^--[A-Za-z][A-Za-z0-9:_.]*=")]
    private static partial Regex Setting();
}

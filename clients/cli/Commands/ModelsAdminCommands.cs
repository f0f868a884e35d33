using System.CommandLine;
using System.Globalization;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Sjc.Cli.Options;
using Sjc.Cli.Services;
using Sjc.Contracts.Admin.V1;
using Spectre.Console;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc models status</c>, <c>load</c> and <c>unload</c>: the models of a running score server, over its admin port.</summary>
internal sealed class ModelsAdminCommands
{
    /// <summary>Holds the key where the admin port has one: a command's arguments are there for everybody to see.</summary>
    private const string KeyVariable = "SJC_ADMIN_KEY";
    private const double BytesPerMebibyte = 1024 * 1024;

    private readonly CliConsole console;
    private readonly Option<Uri?> admin = ServiceAddress.Create("--admin", $"The server's admin address [http://localhost:{ServiceAddress.DefaultAdminPort}].");
    private readonly Argument<string> name = new("name") { Description = "The model's name." };
    private readonly Option<string?> path = CliOptions.Text("--path", "PATH", "File or folder of a model that is not in the server's configuration, on the server.");
    private readonly Option<string?> kind = CliOptions.Text("--kind", "KIND", "Its family [told by the files].");
    private readonly Option<string?> device = CliOptions.Text("--device", "DEVICE", "Where it computes, such as cuda:0 [cpu].");
    private readonly Option<string?> dataType = CliOptions.Text("--dtype", "f32|f16|bf16", "What it computes in [f32 on a CPU, f16 on a GPU].");
    private readonly Option<string[]> flags = new("--flag") { Description = "What the files do not tell, such as attention_order=legacy; may be repeated.", HelpName = "NAME=VALUE" };

    private ModelsAdminCommands(CliConsole console)
    {
        this.console = console;
        dataType.AcceptOnlyFromAmong("f32", "f16", "bf16");
    }

    /// <summary>Adds the commands to <c>models</c>.</summary>
    public static void AddTo(Command models, CliConsole console)
    {
        ModelsAdminCommands commands = new(console);
        Command status = new("status", "How the models of a running server stand.") { commands.admin };
        status.SetAction(commands.StatusAsync);
        Command load = new("load", "Load a model into a running server.")
        {
            commands.name, commands.path, commands.kind, commands.device, commands.dataType, commands.flags, commands.admin,
        };
        load.SetAction(commands.LoadAsync);
        Command unload = new("unload", "Take a model out of a running server's memory.") { commands.name, commands.admin };
        unload.SetAction(commands.UnloadAsync);
        models.Add(status);
        models.Add(load);
        models.Add(unload);
    }

    private async Task<int> StatusAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using GrpcChannel channel = Open(parsed);
        ListModelsResponse response = await Client(channel).ListModelsAsync(new ListModelsRequest(), cancellationToken: cancellationToken);
        Table table = new Table().AddColumns("name", "state", "weights", "load time", "uses", "device", "path");
        foreach (ModelStatus model in response.Models)
        {
            table.AddRow([.. new[]
            {
                model.Name,
                model.Error.Length > 0 ? $"{Text(model.State)}: {model.Error}" : Text(model.State),
                Mebibytes(model.WeightBytes),
                string.Create(CultureInfo.InvariantCulture, $"{model.LoadSeconds:0.0} s"),
                $"{model.Uses}",
                model.Settings.Device,
                model.Settings.Path,
            }.Select(Markup.Escape)]);
        }

        console.Output.Write(table);
        console.WriteLine($"The server's process holds {Mebibytes(response.ResidentBytes)}.");
        return ExitCode.Success;
    }

    private async Task<int> LoadAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        LoadModelRequest request = new() { Name = parsed.GetRequiredValue(name) };
        if (parsed.GetValue(path) is { } given)
        {
            request.Settings = new ModelSettings
            {
                Path = given,
                Kind = parsed.GetValue(kind) ?? "",
                Device = parsed.GetValue(device) ?? "",
                DataType = parsed.GetValue(dataType) ?? "",
            };
            request.Settings.Flags.Add(CliOptions.ReadPairs("--flag", parsed.GetValue(flags) ?? []));
        }
        else if (parsed.GetValue(kind) is not null || parsed.GetValue(device) is not null || parsed.GetValue(dataType) is not null || parsed.GetValue(flags) is { Length: > 0 })
        {
            throw CommandException.Usage("--kind, --device, --dtype and --flag must come with --path: other models are as the server's configuration has them.");
        }

        using GrpcChannel channel = Open(parsed);
        ModelStatus model = (await Client(channel).LoadModelAsync(request, cancellationToken: cancellationToken)).Model;
        string seconds = model.LoadSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        console.WriteLine($"{model.Name} is {Text(model.State)}: {Mebibytes(model.WeightBytes)} of weights, loaded in {seconds} s.");
        return ExitCode.Success;
    }

    private async Task<int> UnloadAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using GrpcChannel channel = Open(parsed);
        ModelStatus model = (await Client(channel).UnloadModelAsync(
            new UnloadModelRequest { Name = parsed.GetRequiredValue(name) }, cancellationToken: cancellationToken)).Model;
        console.WriteLine($"{model.Name} is {Text(model.State)}.");
        return ExitCode.Success;
    }

    private GrpcChannel Open(ParseResult parsed) =>
        ServiceConnection.OpenChannel(parsed.GetValue(admin) ?? new Uri($"http://localhost:{ServiceAddress.DefaultAdminPort}"));

    private static AdminService.AdminServiceClient Client(GrpcChannel channel) => Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key
        ? new(channel.Intercept(metadata =>
        {
            metadata.Add("authorization", $"Bearer {key}");
            return metadata;
        }))
        : new(channel);

    private static string Text(ModelState state) => state.ToString().ToLowerInvariant();

    private static string Mebibytes(ulong bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / BytesPerMebibyte:0.0} MiB");
}

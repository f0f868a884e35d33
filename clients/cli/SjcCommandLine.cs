using System.CommandLine;
using System.CommandLine.Parsing;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Sjc.Cli.Commands;

namespace Sjc.Cli;

/// <summary>The command tree, and how its errors leave the process.</summary>
internal static class SjcCommandLine
{
    private const string Stopped = "Stopped.";

    /// <summary>Parses and runs one command line.</summary>
    /// <returns>See <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CliConsole console, CancellationToken cancellationToken)
    {
        ParseResult parsed = CreateRoot(console).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            // A mistyped command is reported as a missing command first.
            string message = parsed.UnmatchedTokens.Count > 0 ? parsed.Errors[^1].Message : parsed.Errors[0].Message;
            return await ComplainAsync(console, $"{message} See: {PathOf(parsed.CommandResult)} --help", ExitCode.Usage);
        }

        InvocationConfiguration configuration = new()
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // commands that can stop cleanly watch Ctrl-C themselves
            Output = console.Output.Profile.Out.Writer,
            Error = console.Error,
        };
        try
        {
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (CommandException exception)
        {
            return await ComplainAsync(console, exception.Message, exception.ExitCode);
        }
        catch (OptionsValidationException exception)
        {
            return await ComplainAsync(console, exception.Message, ExitCode.Usage);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Cancelled && cancellationToken.IsCancellationRequested)
        {
            return await ComplainAsync(console, Stopped, ExitCode.Interrupted);
        }
        catch (RpcException exception)
        {
            return await ComplainAsync(console, ServiceRefusals.Describe(exception), ServiceRefusals.ExitCodeOf(exception.StatusCode));
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return await ComplainAsync(console, exception.Message, ExitCode.Failure);
        }
        catch (OperationCanceledException)
        {
            return await ComplainAsync(console, Stopped, ExitCode.Interrupted);
        }
    }

    private static RootCommand CreateRoot(CliConsole console) => new("Text to 3D by score Jacobian chaining: a 2D diffusion model's scores, chained into a voxel radiance field.")
    {
        GenerateCommand.Create(console),
        SampleCommand.Create(console),
        RenderCommand.Create(console),
        ExportCommand.Create(console),
        JobsCommand.Create(console),
        ModelsCommand.Create(console),
        ServerCommands.CreateScoreServer(),
        ServerCommands.CreateFieldOptimizer(),
        DoctorCommand.Create(console),
        TrainCommand.Create(console),
        EvaluateCommand.Create(console),
        BenchCommand.Create(console),
    };

    private static async Task<int> ComplainAsync(CliConsole console, string message, int exitCode)
    {
        await console.Error.WriteLineAsync($"sjc: {message.ReplaceLineEndings(" ")}");
        return exitCode;
    }

    private static string PathOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : "sjc";
}

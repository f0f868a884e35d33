namespace Sjc.Cli;

/// <summary>Ends a command with one clear line and an exit code.</summary>
internal sealed class CommandException : Exception
{
    private CommandException(string message, int exitCode, Exception? inner = null)
        : base(message, inner) => ExitCode = exitCode;

    /// <summary>What the process returns.</summary>
    public int ExitCode { get; }

    /// <summary>The arguments make no sense: exit code 2.</summary>
    public static CommandException Usage(string message) => new(message, Cli.ExitCode.Usage);

    /// <summary>The arguments were fine, the work failed: exit code 1.</summary>
    public static CommandException Failure(string message, Exception? inner = null) => new(message, Cli.ExitCode.Failure, inner);
}

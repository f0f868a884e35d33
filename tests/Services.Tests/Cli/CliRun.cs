using Sjc.Cli;

namespace Sjc.Services.Tests.Cli;

/// <summary>Runs command lines in this process.</summary>
internal static class CliRun
{
    /// <summary>Runs one command; all that it writes comes back in one text.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] args)
    {
        using StringWriter writer = new();
        int exitCode = await SjcCommandLine.RunAsync(args, CliConsole.To(TextWriter.Synchronized(writer)), TestContext.Current.CancellationToken);
        return (exitCode, writer.ToString());
    }
}

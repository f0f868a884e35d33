using Sjc.Cli;

namespace Sjc.Services.Tests.Cli;

public sealed class SjcCommandLineTests
{
    [Theory]
    [InlineData("")]
    [InlineData("no-such-command")]
    [InlineData("doctor --no-such-option")]
    public async Task RunAsync_BadArguments_OneLineAndExitCode2(string line)
    {
        (int exitCode, string output) = await RunAsync(line);

        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.StartsWith("sjc: ", output, StringComparison.Ordinal);
        Assert.Single(output.TrimEnd('\n').Split('\n'));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("doctor --help")]
    public async Task RunAsync_Help_Succeeds(string line)
    {
        (int exitCode, string output) = await RunAsync(line);

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Contains("Usage:", output, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string line)
    {
        using StringWriter writer = new();
        string[] args = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int exitCode = await SjcCommandLine.RunAsync(args, CliConsole.To(writer), TestContext.Current.CancellationToken);
        return (exitCode, writer.ToString());
    }
}

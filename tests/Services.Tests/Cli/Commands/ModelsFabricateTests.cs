using Sjc.Cli;

namespace Sjc.Services.Tests.Cli.Commands;

/// <summary><c>sjc models fabricate</c>, stopped.</summary>
public sealed class ModelsFabricateTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fabricate_Stopped_RemovesOnlyWhatItMade(bool existed)
    {
        using TemporaryFolder parent = new();
        string folder = parent.File("model");
        if (existed)
        {
            Directory.CreateDirectory(folder);
        }

        using StringWriter writer = new();
        int exitCode = await SjcCommandLine.RunAsync(["models", "fabricate", "--out", folder], CliConsole.To(writer), new CancellationToken(canceled: true));

        Assert.Equal((ExitCode.Interrupted, "sjc: Stopped.\n"), (exitCode, writer.ToString()));
        Assert.Equal(existed ? [folder] : [], Directory.GetFileSystemEntries(parent.Path));
        Assert.True(!existed || !Directory.EnumerateFileSystemEntries(folder).Any(), "The folder must be empty again, but is not.");
    }
}

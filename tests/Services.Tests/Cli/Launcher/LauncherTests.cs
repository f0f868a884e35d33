namespace Sjc.Services.Tests.Cli.Launcher;

/// <summary>The script <c>sjc</c>: when it builds, and what it says.</summary>
public sealed class LauncherTests : IDisposable
{
    private readonly LauncherFixture launcher;

    public LauncherTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the launcher is a script for Linux");
        launcher = new LauncherFixture();
    }

    public void Dispose() => launcher?.Dispose();

    [Fact]
    public async Task Run_FirstTime_BuildsThenPassesArgumentsOn()
    {
        (int exitCode, string output, string error) = await launcher.RunAsync("generate", "a red car");

        Assert.Equal((0, "ran: generate a red car\n", 1), (exitCode, output, launcher.Builds));
        Assert.Contains("for the first time", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NothingChanged_DoesNotBuildAndSaysNothing()
    {
        await launcher.RunAsync();

        (_, _, string error) = await launcher.RunAsync();

        Assert.Equal((1, string.Empty), (launcher.Builds, error));
    }

    [Theory]
    [InlineData("clients/cli/Program.cs", "changed")]
    [InlineData("clients/cli/Program.cs", "touched")]
    [InlineData("clients/cli/Program.cs", "removed")]
    [InlineData("protos/a.proto", "touched")]
    [InlineData("Directory.Build.props", "touched")]
    [InlineData("clients/cli/New.cs", "added")]
    [InlineData("clients/cli/bin/Release/net10.0/sjc.dll", "removed")]
    public async Task Run_SomethingChanged_BuildsOnceMore(string file, string change)
    {
        await launcher.RunAsync();

        switch (change)
        {
            case "touched":
                File.SetLastWriteTimeUtc(launcher.PathOf(file), File.GetLastWriteTimeUtc(launcher.PathOf(file)).AddSeconds(1));
                break;
            case "removed":
                File.Delete(launcher.PathOf(file));
                break;
            default:
                launcher.Write(file, "// another text");
                break;
        }

        await launcher.RunAsync();
        await launcher.RunAsync();

        Assert.Equal(2, launcher.Builds);
    }

    [Fact]
    public async Task Run_OnlyBuildOutputsChanged_DoesNotBuild()
    {
        await launcher.RunAsync();
        launcher.Write("clients/cli/obj/generated.cs", "// generated");
        launcher.Write("clients/cli/bin/Release/net10.0/other.dll", "x");

        await launcher.RunAsync();

        Assert.Equal(1, launcher.Builds);
    }

    [Fact]
    public async Task Run_BuildFails_ShowsTheErrorAndBuildsAgainNextTime()
    {
        launcher.Write("bin/broken", string.Empty);

        (int exitCode, string output, string error) = await launcher.RunAsync();
        File.Delete(launcher.PathOf("bin/broken"));
        (int second, _, _) = await launcher.RunAsync();

        Assert.Equal((1, string.Empty), (exitCode, output));
        Assert.Contains("error CS0000: it is broken", error, StringComparison.Ordinal);
        Assert.Equal((0, 2), (second, launcher.Builds));
    }

    [Fact]
    public async Task Run_TwoAtOnce_BuildOnce()
    {
        await Task.WhenAll(launcher.RunAsync("one"), launcher.RunAsync("two"));

        Assert.Equal(1, launcher.Builds);
    }

    [Fact]
    public async Task Run_NoSdk_OneClearLine()
    {
        launcher.Write("bin/no-sdk", string.Empty);

        (int exitCode, _, string error) = await launcher.RunAsync();

        Assert.Equal(1, exitCode);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.Contains(".NET 10 SDK is needed", error, StringComparison.Ordinal);
    }
}

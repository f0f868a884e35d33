using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Sjc.ScoreServer.Admin;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.Cli.Commands;

public sealed class ModelsAdminCommandsTests
{
    [Fact]
    public async Task Models_LoadStatusUnload_SpeakToTheRunningServer()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], "--Admin:Port=0");
        string admin = $"--admin={host.Application.Services.GetRequiredService<AdminHost>().Address}";

        (int unloaded, string unloadText) = await CliRun.RunAsync("models", "unload", TinyPictures.Kind, admin);
        (int listed, string statusText) = await CliRun.RunAsync("models", "status", admin);
        (int loaded, string loadText) = await CliRun.RunAsync("models", "load", TinyPictures.Kind, admin);
        (int unknown, string unknownText) = await CliRun.RunAsync("models", "load", "other", admin);

        Assert.Equal((0, 0, 0), (unloaded, listed, loaded));
        Assert.Contains("tiny is unloaded.", unloadText, StringComparison.Ordinal);
        Assert.Contains("unloaded", statusText, StringComparison.Ordinal);
        Assert.Contains("tiny is ready", loadText, StringComparison.Ordinal);
        Assert.NotEqual(0, unknown);
        Assert.Contains("name must be one of tiny, but is other.", unknownText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_KeyInTheEnvironment_IsShown()
    {
        string hash = Convert.ToHexString(SHA256.HashData("an operator's key"u8));
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], "--Admin:Port=0", $"--Admin:KeySha256={hash}");
        string admin = $"--admin={host.Application.Services.GetRequiredService<AdminHost>().Address}";

        (int without, string refusal) = await CliRun.RunAsync("models", "status", admin);
        Environment.SetEnvironmentVariable("SJC_ADMIN_KEY", "an operator's key");
        (int with, string _) = await CliRun.RunAsync("models", "status", admin);
        Environment.SetEnvironmentVariable("SJC_ADMIN_KEY", null);

        Assert.Equal((1, 0), (without, with));
        Assert.Contains("The call must show the admin port's key", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--kind=edm", "--kind, --device, --dtype and --flag must come with --path")]
    [InlineData("--dtype=f64", "f64")]
    public async Task Load_OptionsThatDoNotFit_AreRefused(string option, string message)
    {
        (int exitCode, string output) = await CliRun.RunAsync("models", "load", "any", option);

        Assert.Equal(2, exitCode);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("attention_order")]
    [InlineData("=legacy")]
    public async Task Load_FlagThatIsNoPair_IsRefused(string flag)
    {
        (int exitCode, string output) = await CliRun.RunAsync("models", "load", "any", "--path", "/nowhere", "--flag", flag);

        Assert.Equal(2, exitCode);
        Assert.Contains($"--flag must be NAME=VALUE with a name of its own each time, but is {flag}.", output, StringComparison.Ordinal);
    }
}

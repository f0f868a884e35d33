using Sjc.Cli;

namespace Sjc.Services.Tests.Cli;

public sealed class SjcCommandLineTests
{
    private static readonly string NoJobs = Path.Combine(Path.GetTempPath(), "sjc-no-jobs");

    public static TheoryData<string[], string> BadArguments => new()
    {
        { [], "Required command" },
        { ["no-such-command"], "no-such-command" },
        { ["doctor", "--no-such-option"], "--no-such-option" },
        { ["generate"], "generate must have a prompt" },
        { ["generate", "a red car", "--iterations", "many"], "--iterations must be a whole number of at least 0, but is many." },
        { ["generate", "a red car", "--iterations", "99999999999"], "--iterations must be a whole number of at most 4294967295, but is 99999999999." },
        { ["generate", "a red car", "--guidance", "NaN"], "--guidance must be a number, but is NaN." },
        { ["generate", "a red car", "--view-prompts", "perhaps"], "'perhaps'" },
        { ["generate", "a red car", "--view-size", "2000"], "--view-size must be in [8, 1024], but is 2000." },
        { ["generate", "a red car", "--background", "1,blue"], "--background must be numbers with commas between them, but is 1,blue." },
        { ["generate", "a red car", "--scorer", "ftp://host"], "--scorer must be an http or https address, but is ftp://host." },
        { ["generate", "a red car", "--renderer", "gpu"], "--renderer must be auto, cpu or cuda:N, but is gpu." },
        { ["generate", "a red car", "--renderer", "cpu", "--optimizer", "localhost:1"], "--renderer says where the optimizer in this process renders" },
        { ["generate", "a red car", "--resume", "somewhere"], "--resume goes on with a run as it was" },
        { ["generate", "--resume", "/nonexistent"], "has no run.json" },
        { ["render", "/nonexistent"], "has no run.json" },
        { ["render", "/nonexistent", "--views", "0"], "--views must be in [1, 1000], but is 0." },
        { ["export", "x", "--format", "obj"], "obj" },
        { ["sample", "a red car", "--size", "100000"], "--size must be in [1, 4096], but is 100000." },
        { ["models", "inspect", "/nonexistent", "--flag", "attention_order"], "--flag must be NAME=VALUE with a name of its own each time, but is attention_order." },
        { ["train", "--visits", "many"], "--visits must be a whole number of at least 0, but is many." },
        { ["train", "--batch", "0"], "--batch must be in [1, 65536], but is 0." },
        { ["train", "--learning-rate", "nan"], "--learning-rate must be a number, but is nan." },
        { ["train", "--channels", "64", "96", "100"], "--channels must be three multiples of 8 of at most 4096, but is 64 96 100." },
        { ["train", "--from", "/nonexistent"], "--from must be a file of weights or \"shipped\", but is /nonexistent." },
        { ["train", "--resume", "--out", "/nonexistent"], "--out must be the folder of a run to go on with, but /nonexistent holds no checkpoint." },
        { ["evaluate", "--parallel", "0"], "--parallel must be in [1, 64], but is 0." },
        { ["bench", "render", "--threads", "0"], "--threads must be in [1, 1024], but is 0." },
        { ["bench", "unet", "--rounds", "0"], "--rounds must be in [1, 100000], but is 0." },
        { ["bench", "load", "--folder", "/nonexistent"], "--folder must be a folder that is there, but is /nonexistent." },
        { ["jobs", "show"], "Required argument 'id' missing" },
        { ["field-optimizer", "--listen", "127.0.0.1:0", "--jobs", NoJobs, "--renderer", "cuda:1023"], "Optimizer:Renderer must be a usable GPU, but is cuda:1023: " },
        { ["field-optimizer", "--listen", "127.0.0.1:0", "--jobs", NoJobs, "--Optimizer:MaxRunningJobs=0"], "MaxRunningJobs" },
        { ["score-server", "--Models:0:Name"], "A setting must be --Section:Key=VALUE, but is --Models:0:Name." },
    };

    [Theory]
    [MemberData(nameof(BadArguments))]
    public async Task RunAsync_BadArguments_OneClearLineAndExitCode2(string[] args, string expected)
    {
        (int exitCode, string output) = await CliRun.RunAsync(args);

        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.StartsWith("sjc: ", output, StringComparison.Ordinal);
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.Single(output.TrimEnd('\n').Split('\n'));
    }

    [Theory]
    [InlineData("")]
    [InlineData("generate")]
    [InlineData("sample")]
    [InlineData("render")]
    [InlineData("export")]
    [InlineData("jobs create")]
    [InlineData("models list")]
    [InlineData("score-server")]
    [InlineData("field-optimizer")]
    [InlineData("doctor")]
    public async Task RunAsync_Help_Succeeds(string command)
    {
        (int exitCode, string output) = await CliRun.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Contains("Usage:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NoServiceAtAddress_OneLineAndExitCode1()
    {
        (int exitCode, string output) = await CliRun.RunAsync("jobs", "list", "--optimizer", "127.0.0.1:1");

        Assert.Equal(ExitCode.Failure, exitCode);
        Assert.StartsWith("sjc: The service cannot be reached: Connection refused (127.0.0.1:1).", output, StringComparison.Ordinal);
        Assert.Single(output.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task RunAsync_StoppedDuringACall_SaysSoWithExitCode130()
    {
        using StringWriter writer = new();

        int exitCode = await SjcCommandLine.RunAsync(["jobs", "list", "--optimizer", "127.0.0.1:1"], CliConsole.To(writer), new CancellationToken(canceled: true));

        Assert.Equal((ExitCode.Interrupted, "sjc: Stopped.\n"), (exitCode, writer.ToString()));
    }

    [Fact]
    public async Task RunAsync_FolderThatCannotBeMade_NamesTheOption()
    {
        (int exitCode, string output) = await CliRun.RunAsync("evaluate", "--kinds", "car", "--out", "/proc/pictures");

        Assert.Equal(ExitCode.Failure, exitCode);
        Assert.StartsWith("sjc: --out must be a folder that can be written to, but is /proc/pictures: ", output, StringComparison.Ordinal);
    }
}

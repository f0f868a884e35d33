using Sjc.Cli;
using Sjc.Golden;

namespace Sjc.Services.Tests.Cli.Commands;

/// <summary><c>sjc models inspect</c> and <c>verify</c> on tiny checkpoints in the real formats.</summary>
[Trait("Category", "Golden")]
public sealed class ModelsFilesTests
{
    public static TheoryData<string, string> Checkpoints => [.. Find("models/adm", "*-like.pt"), .. Find("models", "sd*-diffusers"), .. Find("models/edm", "edm-*.json")];

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public async Task InspectAndVerify_TinyCheckpoint_SayWhatItIsAndThatItComputes(string folder, string name)
    {
        string path = GoldenPath(folder, name);
        (int inspected, string description) = await CliRun.RunAsync("models", "inspect", path);
        Assert.True(inspected == ExitCode.Success, description);
        Assert.All(["kind", "data shape", "σ range", "conditioning", "parameters", "memory for weights"], fact => Assert.Contains(fact, description, StringComparison.Ordinal));
        (int verified, string report) = await CliRun.RunAsync("models", "verify", path);
        Assert.True(verified == ExitCode.Success, report);
        Assert.Contains("computes as it should", report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("git-lfs-pointer.safetensors", "git-lfs")]
    [InlineData("exec-os-system.ckpt", "posix.system")]
    public async Task Inspect_HostileFile_FailsWithOneLineThatSaysWhy(string name, string reason)
    {
        string path = Path.Combine(GoldenFolder.Root, "models/bad", name);
        Assert.SkipUnless(File.Exists(path), $"{name} is not among the cases.");
        (int exitCode, string message) = await CliRun.RunAsync("models", "inspect", path);
        Assert.Equal(ExitCode.Failure, exitCode);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Single(message.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Inspect_FlagThatTheModelDoesNotHave_IsAMistakeOfUse()
    {
        (string folder, string name) = Find("models/adm", "*-like.pt").First();
        (int exitCode, string message) = await CliRun.RunAsync("models", "inspect", GoldenPath(folder, name), "--flag", "no_such_flag=1");
        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Contains("no_such_flag", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fabricate_FolderThatHoldsSomething_IsRefused()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(Path.Combine(folder.Path, "mine.txt"), "mine");
        (int exitCode, string message) = await CliRun.RunAsync("models", "fabricate", "--out", folder.Path);
        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Contains("--out", message, StringComparison.Ordinal);
        Assert.Equal([Path.Combine(folder.Path, "mine.txt")], Directory.GetFileSystemEntries(folder.Path));
    }

    /// <summary>Files, and folders of the same name pattern; of a configuration the weights beside it.</summary>
    private static IEnumerable<(string Folder, string Name)> Find(string folder, string pattern)
    {
        string root = Path.Combine(GoldenFolder.Root, folder);
        string[] names = Directory.Exists(root) ? [.. Directory.GetFileSystemEntries(root, pattern).Select(path => Path.GetFileName(path).Replace(".json", ".safetensors", StringComparison.Ordinal)).Order(StringComparer.Ordinal)] : [];
        return names.Length > 0 ? names.Select(name => (folder, name)) : [(folder, GoldenFolder.NoCase)];
    }

    private static string GoldenPath(string folder, string name)
    {
        if (name == GoldenFolder.NoCase)
        {
            Assert.SkipUnless(GoldenFolder.IsDefault, $"{folder} holds no case of this kind.");
        }

        return Path.Combine(GoldenFolder.Root, folder, name);
    }
}

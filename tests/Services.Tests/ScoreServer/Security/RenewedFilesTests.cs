using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sjc.ScoreServer.Security;
using Sjc.Services.Tests.FieldOptimizer;

namespace Sjc.Services.Tests.ScoreServer.Security;

public sealed class RenewedFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Value_FileChanges_IsTheNewOneAfterThePause()
    {
        RenewedFiles<string> files = Watch("one");
        Assert.Equal("one", files.Value);
        File.WriteAllText(_folder["file"], "two");

        string before = files.Value;
        _time.Advance(RenewedFiles<string>.Pause);

        Assert.Equal(("one", "two"), (before, files.Value));
    }

    [Theory]
    [InlineData("bad")]
    [InlineData(null)]
    public void Value_FileIsBadOrGone_StaysAsItWas(string? text)
    {
        RenewedFiles<string> files = Watch("one");
        Assert.Equal("one", files.Value);
        File.Delete(_folder["file"]);
        if (text is not null)
        {
            File.WriteAllText(_folder["file"], text);
        }

        _time.Advance(RenewedFiles<string>.Pause);
        Assert.Equal("one", files.Value);
        File.WriteAllText(_folder["file"], "two");
        _time.Advance(RenewedFiles<string>.Pause);

        Assert.Equal("two", files.Value);
    }

    /// <summary>As Kubernetes mounts secrets: the file is a link into a folder that is a link, and only that one changes.</summary>
    [Fact]
    public void Value_FolderBehindTheLinkChanges_IsTheNewOne()
    {
        foreach (string version in (string[])["one", "two"])
        {
            Directory.CreateDirectory(_folder[version]);
            File.WriteAllText(Path.Combine(_folder[version], "key"), version);
        }

        Directory.CreateSymbolicLink(_folder["data"], _folder["one"]);
        File.CreateSymbolicLink(_folder["file"], Path.Combine("data", "key"));
        RenewedFiles<string> files = new([_folder["file"]], texts => texts[0], _time, NullLogger.Instance);
        string before = files.Value;
        Directory.Delete(_folder["data"]);
        Directory.CreateSymbolicLink(_folder["data"], _folder["two"]);
        _time.Advance(RenewedFiles<string>.Pause);

        Assert.Equal(("one", "two"), (before, files.Value));
    }

    private RenewedFiles<string> Watch(string text)
    {
        File.WriteAllText(_folder["file"], text);
        return new RenewedFiles<string>([_folder["file"]], texts => texts[0] != "bad" ? texts[0] : throw new FormatException("bad"), _time, NullLogger.Instance);
    }
}

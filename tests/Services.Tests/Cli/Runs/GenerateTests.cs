using System.Text.Json;
using Sjc.Cli;
using SkiaSharp;

namespace Sjc.Services.Tests.Cli.Runs;

/// <summary>Whole runs of <c>sjc generate</c>, small ones, with an optimizer in the process and a scorer over loopback.</summary>
public sealed class GenerateTests(BallScorer scorer) : IClassFixture<BallScorer>
{
    private const int Iterations = 24;

    [Fact]
    public async Task Generate_ShortRun_WritesEveryFileAndTheyDecode()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output) = await GenerateAsync(folder.Path);

        Assert.True(exitCode == ExitCode.Success, output);
        Assert.Equal(8, Directory.GetFiles(folder.File("views"), "*.png").Length);
        Assert.Equal(8, Directory.GetFiles(folder.File("depth"), "*.png").Length);
        foreach (string picture in (string[])["loss.png", "contact-sheet.png", "preview.png", "views/azimuth-045.png", "depth/azimuth-315.png"])
        {
            using SKBitmap bitmap = SKBitmap.Decode(folder.File(picture));
            Assert.True(bitmap?.Width >= 32, picture);
        }

        using SKCodec turntable = SKCodec.Create(folder.File("turntable.webp"));
        Assert.Equal((6, 32), (turntable.FrameCount, turntable.Info.Width));
        Assert.True(new FileInfo(folder.File("mesh.glb")).Length > 1000, "the mesh must have triangles");
        Assert.Equal("glTF"u8, File.ReadAllBytes(folder.File("mesh.glb")).AsSpan(0, 4));
        Assert.Equal("ply"u8, File.ReadAllBytes(folder.File("mesh.ply")).AsSpan(0, 3));
        Assert.True(Sjc.Numerics.Safetensors.SafetensorsFile.Read(folder.File("field.safetensors")).Contains("density"));
        Assert.Equal(Iterations + 1, File.ReadLines(folder.File("losses.csv")).Count());
    }

    [Fact]
    public async Task Generate_ShortRun_RecordsWhatItTakesToRepeatIt()
    {
        using TemporaryFolder folder = new();

        await GenerateAsync(folder.Path, "--seed", "7");

        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(folder.File("run.json")));
        JsonElement run = json.RootElement;
        Assert.Equal(("a red ball", 7UL, "succeeded"), (run.GetProperty("prompt").GetString(), run.GetProperty("seed").GetUInt64(), run.GetProperty("state").GetString()));
        Assert.Equal((uint)Iterations, run.GetProperty("options").GetProperty("iterations").GetUInt32());
        Assert.Equal("ball", run.GetProperty("model").GetProperty("name").GetString());
        Assert.Equal(64, run.GetProperty("field_sha256").GetString()!.Length);
        Assert.True(run.GetProperty("timings").GetProperty("optimize_seconds").GetDouble() > 0);
        Assert.True(run.GetProperty("timings").GetProperty("total_seconds").GetDouble() > 0);
        Assert.False(string.IsNullOrEmpty(run.GetProperty("environment").GetProperty("versions").GetProperty("sjc").GetString()));
        Assert.Equal(new FileInfo(folder.File("mesh.glb")).Length, run.GetProperty("outputs").GetProperty("mesh.glb").GetInt64());
    }

    [Fact]
    public async Task Generate_RefusedSpec_LeavesNoFolder()
    {
        using TemporaryFolder folder = new();
        string run = folder.File("run");

        (int exitCode, string output) = await GenerateAsync(run, "--step-ratio", "100");

        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Contains("spec.field.step_ratio must be", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(run));
    }

    [Fact]
    public async Task Generate_StoppedAndResumed_EndsWithTheSameFieldAsAnUninterruptedRun()
    {
        using TemporaryFolder whole = new();
        using TemporaryFolder parted = new();
        await GenerateAsync(whole.Path);
        using CancellationTokenSource stop = new();
        using StopAtFirstLine writer = new("running", stop);

        int stopped = await SjcCommandLine.RunAsync(Arguments(parted.Path), CliConsole.To(TextWriter.Synchronized(writer)), stop.Token);

        Assert.Equal(ExitCode.Interrupted, stopped);
        Assert.Contains($"./sjc generate --resume {parted.Path}", writer.ToString(), StringComparison.Ordinal);
        Assert.Equal("paused", State(parted));

        (int refused, string refusal) = await GenerateAsync(parted.Path);
        Assert.Equal(ExitCode.Usage, refused);
        Assert.Contains("unfinished run", refusal, StringComparison.Ordinal);

        (int resumed, string output) = await CliRun.RunAsync("generate", "--resume", parted.Path);
        Assert.True(resumed == ExitCode.Success, output);
        Assert.Equal(Hash(whole), Hash(parted));
        Assert.Equal(File.ReadAllText(whole.File("losses.csv")), File.ReadAllText(parted.File("losses.csv")));
    }

    [Fact]
    public async Task RenderAndExport_FinishedRun_ReadItsFolder()
    {
        using TemporaryFolder folder = new();
        using TemporaryFolder output = new();
        await GenerateAsync(folder.Path);

        (int rendered, string renderText) = await CliRun.RunAsync("render", folder.Path, "--views", "2", "--size", "24", "--depth", "--out", output.Path);
        (int exported, string exportText) = await CliRun.RunAsync("export", folder.Path, "--format", "ply", "--out", output.File("a/mesh.ply"));

        Assert.True(rendered == ExitCode.Success, renderText);
        Assert.True(exported == ExitCode.Success, exportText);
        Assert.Equal(4, Directory.GetFiles(output.Path, "azimuth-*.png").Length);
        Assert.Equal(File.ReadAllBytes(folder.File("mesh.ply")), File.ReadAllBytes(output.File("a/mesh.ply")));
    }

    [Fact]
    public async Task Generate_UnknownModel_NamesTheKnownOnes()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output) = await CliRun.RunAsync("generate", "a red ball", "--model", "none", "--scorer", scorer.Address, "--out", folder.File("run"));

        Assert.Equal((ExitCode.Usage, "sjc: --model must be one of ball, but is none.\n"), (exitCode, output));
    }

    [Fact]
    public async Task Generate_UnknownWords_ExitCode2()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output) = await CliRun.RunAsync("generate", "a purple dodecahedron", "--scorer", scorer.Address, "--out", folder.File("run"));

        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Contains("dodecahedron", output, StringComparison.Ordinal);
        Assert.Contains("ball", output, StringComparison.Ordinal); // what it knows
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public async Task Sample_TwoPictures_WritesThem()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output) = await CliRun.RunAsync(
            "sample", "front view of a red ball", "--scorer", scorer.Address, "--count", "2", "--steps", "4", "--size", "64", "--out", folder.Path);

        Assert.True(exitCode == ExitCode.Success, output);
        using SKBitmap picture = SKBitmap.Decode(folder.File("sample-01.png"));
        Assert.Equal(64, picture.Width);
        Assert.True(picture.GetPixel(32, 32) is { Red: > 200, Blue: < 80 }, "the middle must be the ball's red");
    }

    [Fact]
    public async Task Models_RunningScorer_AreListedAndShown()
    {
        (int listed, string list) = await CliRun.RunAsync("models", "list", "--scorer", scorer.Address);
        (int shown, string text) = await CliRun.RunAsync("models", "show", "ball", "--scorer", scorer.Address);

        Assert.Equal((ExitCode.Success, ExitCode.Success), (listed, shown));
        Assert.Contains("ball", list, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(text);
        Assert.Equal("exact", json.RootElement.GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Models_NoScorer_ListsWhatShips()
    {
        (int exitCode, string list) = await CliRun.RunAsync("models", "list");

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Contains("shapes", list, StringComparison.Ordinal);
        Assert.Contains("exact", list, StringComparison.Ordinal);
    }

    private string[] Arguments(string folder, params string[] more) =>
    [
        "generate", "a red ball", "--scorer", scorer.Address, "--out", folder, "--iterations", $"{Iterations}", "--grid", "8", "--render-size", "16", "--preview-every", "4",
        "--checkpoint-every", "5", "--view-size", "32", "--frames", "6", .. more,
    ];

    private Task<(int ExitCode, string Output)> GenerateAsync(string folder, params string[] more) => CliRun.RunAsync(Arguments(folder, more));

    private static string State(TemporaryFolder folder) => Member(folder, "state");

    private static string Hash(TemporaryFolder folder) => Member(folder, "field_sha256");

    private static string Member(TemporaryFolder folder, string name)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(folder.File("run.json")));
        return json.RootElement.GetProperty(name).GetString()!;
    }

    /// <summary>Asks the command to stop, as Ctrl-C would, when it first writes a line that starts so.</summary>
    private sealed class StopAtFirstLine(string start, CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.StartsWith(start, StringComparison.Ordinal) == true)
            {
                stop.Cancel();
            }
        }
    }
}

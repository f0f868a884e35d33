using System.Text.Json;
using Sjc.Golden;
using Sjc.Services.Tests.Cli;
using SkiaSharp;
using TemporaryFolder = Sjc.Services.Tests.FieldOptimizer.TemporaryFolder;

namespace Sjc.Services.Tests.EndToEnd;

/// <summary>Every golden checkpoint from the command line, on two services started apart: pictures of it, and a tiny 3D job against it.</summary>
[Trait("Category", "Golden")]
public sealed class PretrainedModelTests(PretrainedModels services) : IClassFixture<PretrainedModels>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Models => [.. PretrainedModels.Names];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Sample_Checkpoint_WritesItsPictures(string model)
    {
        RequireCase(model);
        JsonElement description = await DescribeAsync(model);

        (int exitCode, string output) = await CliRun.RunAsync(
            ["sample", .. Subject(description), "--model", model, "--steps", "3", "--count", "2", "--size", "16", "--seed", "1", "--out", folder["pictures"], services.Scorer]);

        Assert.True(exitCode == 0, output);
        using SKBitmap first = SKBitmap.Decode(folder["pictures/sample-00.png"]);
        using SKBitmap second = SKBitmap.Decode(folder["pictures/sample-01.png"]);
        Assert.True(first.Pixels.Distinct().Count() > 1, "A picture of a model with random weights must have more than one colour.");
        Assert.NotEqual(first.Pixels, second.Pixels);
        Assert.True(File.Exists(folder["pictures/contact-sheet.png"]));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Generate_Checkpoint_WritesARun(string model)
    {
        RequireCase(model);
        JsonElement description = await DescribeAsync(model);

        await GenerateAsync(model, description, "run");

        using JsonDocument run = JsonDocument.Parse(File.ReadAllText(folder["run/run.json"]));
        bool latent = description.GetProperty("data_space").GetString() == "DATA_SPACE_LATENT";
        Assert.Equal(latent ? "COLOR_MODE_RAW" : "COLOR_MODE_SIGMOID_CENTERED", run.RootElement.GetProperty("options").GetProperty("field").GetProperty("color_mode").GetString());

        // Latents were decoded: where they are approximated, a note says so.
        Assert.DoesNotContain(run.RootElement.GetProperty("notes").EnumerateArray(), note => note.GetString()!.StartsWith("pictures", StringComparison.Ordinal));
        Assert.All((string[])["mesh.glb", "mesh.ply", "field.safetensors", "preview.png", "views/azimuth-000.png", "losses.csv"], file => Assert.True(File.Exists(folder[$"run/{file}"]), file));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Generate_ThroughTheEncoder_OptimisesColours(string model)
    {
        RequireCase(model);
        JsonElement description = await DescribeAsync(model);
        if (!description.TryGetProperty("pixel_shape", out JsonElement pixels) || pixels.GetArrayLength() == 0)
        {
            return; // a model of pixels
        }

        await GenerateAsync(model, description, "colours", "--through-encoder", "true");

        using JsonDocument run = JsonDocument.Parse(File.ReadAllText(folder["colours/run.json"]));
        Assert.Equal("COLOR_MODE_SIGMOID_CENTERED", run.RootElement.GetProperty("options").GetProperty("field").GetProperty("color_mode").GetString());
        Assert.All(File.ReadAllLines(folder["colours/losses.csv"]).Skip(1), line => Assert.DoesNotContain("NaN", line, StringComparison.Ordinal));
    }

    private async Task GenerateAsync(string model, JsonElement description, string name, params string[] more)
    {
        (int exitCode, string output) = await CliRun.RunAsync(
        [
            "generate", .. Subject(description), "--model", model, "--iterations", "2", "--grid", "8", "--preview-every", "2", "--frames", "0", "--view-size", "16",
            "--supersampling", "1", "--out", folder[name], .. services.Services, .. more,
        ]);
        Assert.True(exitCode == 0, output);
    }

    private async Task<JsonElement> DescribeAsync(string model)
    {
        (int exitCode, string output) = await CliRun.RunAsync("models", "show", model, services.Scorer);
        Assert.True(exitCode == 0, output);
        return JsonDocument.Parse(output).RootElement.Clone();
    }

    /// <summary>What the model is conditioned by.</summary>
    private static string[] Subject(JsonElement description) => description.GetProperty("conditioning").GetString() switch
    {
        "CONDITIONING_KIND_PROMPT" => ["a red car"],
        "CONDITIONING_KIND_CLASS_LABEL" => ["--class", "1"],
        _ => [],
    };

    private static void RequireCase(string model)
    {
        if (model == GoldenFolder.NoCase)
        {
            Assert.False(GoldenFolder.IsDefault, "tests/golden/models must hold checkpoints, but holds none.");
            Assert.Skip("This golden folder holds no checkpoints.");
        }
    }
}

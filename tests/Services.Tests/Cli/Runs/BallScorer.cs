using Microsoft.AspNetCore.Builder;
using Sjc.Cli.Services;
using Sjc.ScoreServer;
using SkiaSharp;

namespace Sjc.Services.Tests.Cli.Runs;

/// <summary>A score server with one small model: four captioned pictures of a ball.</summary>
public sealed class BallScorer : IAsyncLifetime
{
    private const int Side = 16;

    private readonly TemporaryFolder pictures = new();
    private WebApplication? application;

    /// <summary>Where it listens.</summary>
    public string Address { get; private set; } = string.Empty;

    public async ValueTask InitializeAsync()
    {
        foreach (string view in (string[])["front", "side", "backside", "overhead"])
        {
            Draw(pictures.File($"{view}-view-of-a-red-ball.png"));
        }

        application = ScoreServerApplication.Build(
            ["--Models:0:Name=ball", "--Models:0:Kind=exact", $"--Models:0:Path={pictures.Path}", $"--Models:0:ImageSize={Side}"],
            new ScoreServerHosting { Url = "http://127.0.0.1:0", Quiet = true, Lifetime = new EmbeddedLifetime() });
        await application.StartAsync();
        Address = ScoreServerApplication.Address(application).ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await application!.StopAsync();
        await application.DisposeAsync();
        pictures.Dispose();
    }

    private static void Draw(string path)
    {
        using SKBitmap bitmap = new(Side, Side);
        using SKCanvas canvas = new(bitmap);
        using SKPaint paint = new() { Color = SKColors.Red };
        canvas.Clear(SKColors.Cyan);
        canvas.DrawCircle(Side / 2f, Side / 2f, Side / 4f, paint);
        canvas.Flush();
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(path, data.ToArray());
    }
}

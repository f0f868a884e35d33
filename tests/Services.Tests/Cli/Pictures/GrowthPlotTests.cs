using Sjc.Cli.Pictures;
using Sjc.Cli.Reports;
using SkiaSharp;

namespace Sjc.Services.Tests.Cli.Pictures;

public sealed class GrowthPlotTests
{
    [Fact]
    public void Write_TwoGridsAndViews_DrawsACurveOfEach()
    {
        string path = Path.Combine(Path.GetTempPath(), $"growth-{Guid.NewGuid():N}.png");
        try
        {
            string[] states = ["initial", "ball", "almost-empty"];
            GrowthPlot.Write(path, [
                new("machine", "triad", 35, "GB/s"),
                .. states.SelectMany(state => new[] { 64, 200 }.SelectMany(grid => new[] { 64, 256 }.Select(view => new BenchResult($"{grid}/{view}/{state}", "sjc", grid * view / 1e3, "ms"))))]);

            using SKBitmap picture = SKBitmap.Decode(path);
            Assert.Equal((1100, 1200), (picture.Width, picture.Height));
            Assert.Contains(new SKColor(0x1F, 0x5F, 0xA8), picture.Pixels);
            Assert.Contains(new SKColor(0xC2, 0x4D, 0x1C), picture.Pixels);
        }
        finally
        {
            File.Delete(path);
        }
    }
}

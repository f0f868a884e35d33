using Sjc.Cli.Pictures;
using Sjc.Contracts.Field.V1;
using SkiaSharp;

namespace Sjc.Services.Tests.Cli.Pictures;

public sealed class LossPlotTests
{
    private static readonly SKColor ScoreColour = new(0x1F, 0x5F, 0xA8);

    [Fact]
    public void Write_NoisyRun_DrawsEachSeries()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("loss.png");

        LossPlot.Write(path, Run(400), 400);

        using SKBitmap plot = SKBitmap.Decode(path);
        Assert.Equal((1100, 870), (plot.Width, plot.Height)); // three panels: the depth loss was not used
        int trend = plot.Pixels.Count(pixel => pixel == ScoreColour);
        Assert.InRange(trend, 500, 20_000); // a line about 1000 pixels long, its edges antialiased
        Assert.Contains(plot.Pixels, pixel => pixel.Red < 0x60 && pixel.Red == pixel.Blue); // text
    }

    [Fact]
    public void Write_HalfOfARun_LeavesTheRightHalfEmpty()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("loss.png");

        LossPlot.Write(path, Run(200), 400);

        using SKBitmap plot = SKBitmap.Decode(path);
        Assert.DoesNotContain(Enumerable.Range(0, plot.Height), y => plot.GetPixel(900, y) == ScoreColour);
    }

    [Fact]
    public void Write_NoPointsAndNaN_StillWritesAPicture()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("loss.png");

        LossPlot.Write(path, [new LossPoint { Iteration = 1, Losses = new JobLosses { ScoreRms = double.NaN, Depth = double.NaN } }], 1);

        using SKBitmap plot = SKBitmap.Decode(path);
        Assert.NotNull(plot);
    }

    private static List<LossPoint> Run(int iterations)
    {
        Random random = new(7);
        return [.. Enumerable.Range(0, iterations).Select(i => new LossPoint
        {
            Iteration = (uint)i,
            Sigma = Math.Exp((random.NextDouble() * (2.8 - (i * 0.005))) - 0.7),
            Losses = new JobLosses { ScoreRms = (0.3 * Math.Exp(-i / 300.0)) + (0.05 * random.NextDouble()), Emptiness = 4 * Math.Exp(-i / 60.0) + 0.02 + (0.004 * random.NextDouble()) },
        })];
    }
}

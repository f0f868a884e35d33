using Sjc.Contracts.Field.V1;
using SkiaSharp;

namespace Sjc.Cli.Pictures;

/// <summary>The course of a run as a picture: score, emptiness, depth where it is used, and the noise levels.</summary>
internal static class LossPlot
{
    private const int Width = 1100;
    private const int PanelHeight = 290;

    /// <summary>Writes a PNG file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="points">In order of iteration.</param>
    /// <param name="iterations">Iterations of the whole run: the right end of the axis.</param>
    public static void Write(string path, IReadOnlyList<LossPoint> points, uint iterations)
    {
        PlotPanel[] panels = [.. Panels(points)];
        PlotAxis horizontal = PlotAxis.Between(0, iterations);
        using SKBitmap bitmap = new(Width, PanelHeight * panels.Length);
        using (SKCanvas canvas = new(bitmap))
        {
            canvas.Clear(SKColors.White);
            for (int i = 0; i < panels.Length; i++)
            {
                panels[i].Draw(canvas, SKRect.Create(0, i * PanelHeight, Width, PanelHeight), horizontal);
            }
        }

        PictureFile.WritePng(path, bitmap);
    }

    private static IEnumerable<PlotPanel> Panels(IReadOnlyList<LossPoint> points)
    {
        yield return Panel("score gradient, root mean square", point => point.Losses.ScoreRms, new SKColor(0x1F, 0x5F, 0xA8));
        yield return Panel("emptiness loss", point => point.Losses.Emptiness, new SKColor(0xC2, 0x4D, 0x1C));
        if (points.Any(point => double.IsFinite(point.Losses.Depth) && point.Losses.Depth != 0))
        {
            yield return Panel("centre-depth loss", point => point.Losses.Depth, new SKColor(0x2E, 0x7D, 0x32));
        }

        yield return Panel("noise level σ", point => point.Sigma, new SKColor(0x6A, 0x3D, 0x9A), asDots: true);

        PlotPanel Panel(string title, Func<LossPoint, double> value, SKColor colour, bool asDots = false) =>
            new(title, [.. points.Select(point => ((double)point.Iteration, value(point)))], colour, asDots);
    }
}

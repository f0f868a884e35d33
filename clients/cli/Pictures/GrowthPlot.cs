using System.Globalization;
using Sjc.Cli.Reports;
using SkiaSharp;

namespace Sjc.Cli.Pictures;

/// <summary>How an iteration's cost grows with pixels, at each size of grid, and with voxels, at each size of view: logarithmic on both axes.</summary>
internal static class GrowthPlot
{
    private const int Width = 1100;
    private const int RowHeight = 400;

    private static readonly string[] States = ["initial", "ball", "almost-empty"];
    private static readonly SKColor[] Colours = [new(0x1F, 0x5F, 0xA8), new(0xC2, 0x4D, 0x1C), new(0x2E, 0x7D, 0x32)];

    /// <summary>Writes a PNG file: one row per state of the field.</summary>
    /// <param name="path">The file.</param>
    /// <param name="results">Of <c>bench render --full</c>: metric <c>sjc</c>, cases grid/view/state.</param>
    public static void Write(string path, IEnumerable<BenchResult> results)
    {
        Point[] points = [.. results.Where(result => result.Metric == "sjc").Select(Point.Of)];
        using SKBitmap bitmap = new(Width, RowHeight * States.Length);
        using (SKCanvas canvas = new(bitmap))
        {
            canvas.Clear(SKColors.White);
            for (int row = 0; row < States.Length; row++)
            {
                Point[] state = [.. points.Where(point => point.State == States[row])];
                SKRect left = SKRect.Create(0, row * RowHeight, Width / 2f, RowHeight);
                SKRect right = SKRect.Create(Width / 2f, row * RowHeight, Width / 2f, RowHeight);
                Panel(States[row], "pixels", state, point => point.View, point => point.Grid, 2, " voxels a side").Draw(canvas, left);
                Panel(States[row], "voxels", state, point => point.Grid, point => point.View, 3, " pixels a side").Draw(canvas, right);
            }
        }

        PictureFile.WritePng(path, bitmap);
    }

    private static CurvePanel Panel(string state, string horizontal, Point[] points, Func<Point, int> side, Func<Point, int> curve, int power, string unit) => new(
        $"{state}: ms of one core",
        horizontal,
        [.. points.GroupBy(curve).OrderBy(group => group.Key).Select((group, index) => new PlotCurve(
            $"{group.Key}{unit}",
            Colours[index % Colours.Length],
            [.. group.OrderBy(side).Select(point => (Math.Pow(side(point), power), point.Milliseconds))]))]);

    private sealed record Point(int Grid, int View, string State, double Milliseconds)
    {
        public static Point Of(BenchResult result)
        {
            string[] parts = result.Case.Split('/');
            return new(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture), parts[2], result.Value);
        }
    }
}

using SkiaSharp;

namespace Sjc.Cli.Pictures;

/// <summary>One chart: frame, grid, ticks, labels, and one series over iterations.</summary>
/// <param name="title">What the vertical axis shows.</param>
/// <param name="points">(iteration, value); values that are not finite are left out.</param>
/// <param name="colour">The series' colour.</param>
/// <param name="asDots">Draw every value as a dot, with no trend line: for values that were drawn at random.</param>
internal sealed class PlotPanel(string title, IReadOnlyList<(double Iteration, double Value)> points, SKColor colour, bool asDots)
{
    /// <summary>Half the width of the moving average, as a share of the points.</summary>
    private const double TrendShare = 0.02;

    /// <summary>Draws into <paramref name="area"/> over the iterations of <paramref name="horizontal"/>.</summary>
    public void Draw(SKCanvas canvas, SKRect area, PlotAxis horizontal)
    {
        SKRect frame = PlotFrame.Within(area);
        double[] values = [.. points.Select(point => point.Value).Where(double.IsFinite)];
        bool logarithmic = values.Length > 0 && values.Min() > 0 && values.Max() > 20 * values.Min();
        PlotAxis vertical = PlotAxis.Covering(values, logarithmic);
        PlotFrame.Draw(canvas, frame, horizontal, vertical, title, "iteration", horizontalTicks: 8);
        canvas.Save();
        canvas.ClipRect(frame);
        SKPoint[] places =
        [
            .. points.Where(point => double.IsFinite(point.Value)).Select(point => PlotFrame.Place(frame, horizontal, vertical, point.Iteration, point.Value)),
        ];
        DrawSeries(canvas, places);
        canvas.Restore();
    }

    private void DrawSeries(SKCanvas canvas, SKPoint[] places)
    {
        using SKPaint faint = new() { Color = colour.WithAlpha(110), IsAntialias = true, StrokeWidth = asDots ? 3.5f : 1, StrokeCap = SKStrokeCap.Round, Style = SKPaintStyle.Stroke };
        canvas.DrawPoints(asDots ? SKPointMode.Points : SKPointMode.Polygon, places, faint);
        if (asDots || places.Length < 3)
        {
            return;
        }

        using SKPaint strong = new() { Color = colour, IsAntialias = true, StrokeWidth = 2.5f, StrokeJoin = SKStrokeJoin.Round, Style = SKPaintStyle.Stroke };
        canvas.DrawPoints(SKPointMode.Polygon, Trend(places), strong);
    }

    private static SKPoint[] Trend(SKPoint[] places)
    {
        int half = Math.Max(1, (int)(places.Length * TrendShare));
        return [.. places.Select((place, index) =>
        {
            int start = Math.Max(0, index - half);
            int end = Math.Min(places.Length, index + half + 1);
            return new SKPoint(place.X, places.AsSpan(start, end - start).ToArray().Average(point => point.Y));
        })];
    }
}

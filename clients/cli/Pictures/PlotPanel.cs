using SkiaSharp;

namespace Sjc.Cli.Pictures;

/// <summary>One chart: frame, grid, ticks, labels, and one series over iterations.</summary>
/// <param name="title">What the vertical axis shows.</param>
/// <param name="points">(iteration, value); values that are not finite are left out.</param>
/// <param name="colour">The series' colour.</param>
/// <param name="asDots">Draw every value as a dot, with no trend line: for values that were drawn at random.</param>
internal sealed class PlotPanel(string title, IReadOnlyList<(double Iteration, double Value)> points, SKColor colour, bool asDots)
{
    private const float LeftMargin = 86;
    private const float RightMargin = 24;
    private const float TopMargin = 34;
    private const float BottomMargin = 46;
    private const float TextSize = 15;

    /// <summary>Half the width of the moving average, as a share of the points.</summary>
    private const double TrendShare = 0.02;

    private static readonly SKColor Ink = new(0x33, 0x33, 0x33);

    /// <summary>Draws into <paramref name="area"/> over the iterations of <paramref name="horizontal"/>.</summary>
    public void Draw(SKCanvas canvas, SKRect area, PlotAxis horizontal)
    {
        SKRect frame = new(area.Left + LeftMargin, area.Top + TopMargin, area.Right - RightMargin, area.Bottom - BottomMargin);
        double[] values = [.. points.Select(point => point.Value).Where(double.IsFinite)];
        bool logarithmic = values.Length > 0 && values.Min() > 0 && values.Max() > 20 * values.Min();
        PlotAxis vertical = PlotAxis.Covering(values, logarithmic);
        DrawAxes(canvas, frame, horizontal, vertical);
        canvas.Save();
        canvas.ClipRect(frame);
        SKPoint[] places =
        [
            .. points.Where(point => double.IsFinite(point.Value)).Select(point => new SKPoint(
                frame.Left + (float)(horizontal.Position(point.Iteration) * frame.Width),
                frame.Bottom - (float)(vertical.Position(point.Value) * frame.Height))),
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

    private void DrawAxes(SKCanvas canvas, SKRect frame, PlotAxis horizontal, PlotAxis vertical)
    {
        using SKFont font = PlotFont.OfSize(TextSize);
        using SKFont titleFont = PlotFont.OfSize(TextSize + 2);
        using SKPaint ink = new() { Color = Ink, IsAntialias = true };
        using SKPaint grid = new() { Color = new SKColor(0xE4, 0xE4, 0xE4), StrokeWidth = 1 };
        using SKPaint border = new() { Color = new SKColor(0x99, 0x99, 0x99), Style = SKPaintStyle.Stroke, StrokeWidth = 1 };
        foreach ((double value, string label) in vertical.Ticks(5))
        {
            float y = frame.Bottom - (float)(vertical.Position(value) * frame.Height);
            canvas.DrawLine(frame.Left, y, frame.Right, y, grid);
            canvas.DrawText(label, frame.Left - 8, y + (TextSize / 3), SKTextAlign.Right, font, ink);
        }

        foreach ((double value, string label) in horizontal.Ticks(8))
        {
            float x = frame.Left + (float)(horizontal.Position(value) * frame.Width);
            canvas.DrawLine(x, frame.Top, x, frame.Bottom, grid);
            canvas.DrawText(label, x, frame.Bottom + TextSize + 4, SKTextAlign.Center, font, ink);
        }

        canvas.DrawRect(frame, border);
        canvas.DrawText(vertical.Logarithmic ? $"{title} (log)" : title, frame.Left, frame.Top - 10, SKTextAlign.Left, titleFont, ink);
        canvas.DrawText("iteration", frame.MidX, frame.Bottom + (2 * TextSize) + 6, SKTextAlign.Center, font, ink);
    }
}

using SkiaSharp;

namespace Sjc.Cli.Pictures;

/// <summary>One chart of several curves with both axes logarithmic, and a legend.</summary>
/// <param name="title">What the vertical axis shows.</param>
/// <param name="horizontalTitle">What the horizontal axis shows.</param>
/// <param name="curves">At least one.</param>
internal sealed class CurvePanel(string title, string horizontalTitle, IReadOnlyList<PlotCurve> curves)
{
    private const float LegendLine = 26;

    /// <summary>Draws into <paramref name="area"/>.</summary>
    public void Draw(SKCanvas canvas, SKRect area)
    {
        SKRect frame = PlotFrame.Within(area);
        PlotAxis horizontal = PlotAxis.Covering(curves.SelectMany(curve => curve.Points.Select(point => point.X)), logarithmic: true);
        PlotAxis vertical = PlotAxis.Covering(curves.SelectMany(curve => curve.Points.Select(point => point.Y)), logarithmic: true);
        PlotFrame.Draw(canvas, frame, horizontal, vertical, title, $"{horizontalTitle} (log)", horizontalTicks: 4);
        using SKFont font = PlotFont.OfSize(PlotFrame.TextSize);
        using SKPaint ink = new() { Color = PlotFrame.Ink, IsAntialias = true };

        // Costs grow: below the curves, to the right, there is room.
        float legend = frame.Right - 18 - curves.Max(curve => font.MeasureText(curve.Label)) - LegendLine;
        for (int i = 0; i < curves.Count; i++)
        {
            PlotCurve curve = curves[i];
            using SKPaint line = new() { Color = curve.Colour, IsAntialias = true, StrokeWidth = 2.5f, Style = SKPaintStyle.Stroke };
            using SKPaint dots = new() { Color = curve.Colour, IsAntialias = true, StrokeWidth = 9, StrokeCap = SKStrokeCap.Round, Style = SKPaintStyle.Stroke };
            SKPoint[] places = [.. curve.Points.Select(point => PlotFrame.Place(frame, horizontal, vertical, point.X, point.Y))];
            canvas.DrawPoints(SKPointMode.Polygon, places, line);
            canvas.DrawPoints(SKPointMode.Points, places, dots);
            float y = frame.Bottom - 12 - ((curves.Count - 1 - i) * (PlotFrame.TextSize + 5));
            canvas.DrawLine(legend, y - 5, legend + LegendLine, y - 5, line);
            canvas.DrawText(curve.Label, legend + 6 + LegendLine, y, SKTextAlign.Left, font, ink);
        }
    }
}

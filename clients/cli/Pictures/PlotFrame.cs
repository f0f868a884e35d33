using SkiaSharp;

namespace Sjc.Cli.Pictures;

/// <summary>What every chart has: a frame with grid, ticks and labels.</summary>
internal static class PlotFrame
{
    public const float TextSize = 15;

    private const float LeftMargin = 86;
    private const float RightMargin = 24;
    private const float TopMargin = 34;
    private const float BottomMargin = 46;

    public static readonly SKColor Ink = new(0x33, 0x33, 0x33);

    /// <summary>Where the curves go.</summary>
    public static SKRect Within(SKRect area) => new(area.Left + LeftMargin, area.Top + TopMargin, area.Right - RightMargin, area.Bottom - BottomMargin);

    /// <summary>The place of a point.</summary>
    public static SKPoint Place(SKRect frame, PlotAxis horizontal, PlotAxis vertical, double x, double y) => new(
        frame.Left + (float)(horizontal.Position(x) * frame.Width),
        frame.Bottom - (float)(vertical.Position(y) * frame.Height));

    /// <summary>Draws the frame.</summary>
    public static void Draw(SKCanvas canvas, SKRect frame, PlotAxis horizontal, PlotAxis vertical, string title, string horizontalTitle, int horizontalTicks)
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

        foreach ((double value, string label) in horizontal.Ticks(horizontalTicks))
        {
            float x = frame.Left + (float)(horizontal.Position(value) * frame.Width);
            canvas.DrawLine(x, frame.Top, x, frame.Bottom, grid);
            canvas.DrawText(label, x, frame.Bottom + TextSize + 4, SKTextAlign.Center, font, ink);
        }

        canvas.DrawRect(frame, border);
        canvas.DrawText(vertical.Logarithmic ? $"{title} (log)" : title, frame.Left, frame.Top - 10, SKTextAlign.Left, titleFont, ink);
        canvas.DrawText(horizontalTitle, frame.MidX, frame.Bottom + (2 * TextSize) + 6, SKTextAlign.Center, font, ink);
    }
}

using SkiaSharp;

namespace Sjc.Cli.Pictures;

/// <summary>The typeface of plots and labels: embedded, since a machine with only the .NET SDK may have no fonts at all.</summary>
internal static class PlotFont
{
    private static readonly Lazy<SKTypeface> Typeface = new(Load);

    /// <summary>The font at a size in pixels.</summary>
    public static SKFont OfSize(float size) => new(Typeface.Value, size) { Edging = SKFontEdging.Antialias };

    private static SKTypeface Load()
    {
        using Stream stream = typeof(PlotFont).Assembly.GetManifestResourceStream("PlotFont.ttf")
            ?? throw new InvalidOperationException("The resource PlotFont.ttf must be embedded, but is missing.");
        using SKData data = SKData.Create(stream);
        return SKTypeface.FromData(data);
    }
}

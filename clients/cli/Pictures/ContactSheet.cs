using SkiaSharp;

namespace Sjc.Cli.Pictures;

/// <summary>Pictures side by side in rows, each with a caption.</summary>
internal static class ContactSheet
{
    private const int Gap = 8;
    private const int CaptionHeight = 26;

    /// <summary>Writes a PNG file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tiles">Row by row; all pictures of one size.</param>
    /// <param name="columns">Pictures in a row.</param>
    public static void Write(string path, IReadOnlyList<(string Caption, SKBitmap Picture)> tiles, int columns)
    {
        (int width, int height) = (tiles[0].Picture.Width, tiles[0].Picture.Height);
        int rows = (tiles.Count + columns - 1) / columns;
        using SKBitmap sheet = new(Gap + (columns * (width + Gap)), Gap + (rows * (height + CaptionHeight + Gap)));
        using SKFont font = PlotFont.OfSize(15);
        using SKPaint ink = new() { Color = new SKColor(0x33, 0x33, 0x33), IsAntialias = true };
        using (SKCanvas canvas = new(sheet))
        {
            canvas.Clear(SKColors.White);
            for (int i = 0; i < tiles.Count; i++)
            {
                int x = Gap + (i % columns * (width + Gap));
                int y = Gap + (i / columns * (height + CaptionHeight + Gap));
                canvas.DrawBitmap(tiles[i].Picture, x, y, SKSamplingOptions.Default);
                canvas.DrawText(tiles[i].Caption, x + (width / 2f), y + height + CaptionHeight - 8, SKTextAlign.Center, font, ink);
            }
        }

        PictureFile.WritePng(path, sheet);
    }
}

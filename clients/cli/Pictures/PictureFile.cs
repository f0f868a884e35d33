using SkiaSharp;

namespace Sjc.Cli.Pictures;

/// <summary>Pictures from and to files.</summary>
internal static class PictureFile
{
    /// <summary>Decodes a PNG file's bytes.</summary>
    /// <exception cref="InvalidDataException">They are no picture.</exception>
    public static SKBitmap Decode(ReadOnlySpan<byte> png) =>
        SKBitmap.Decode(png) ?? throw new InvalidDataException($"The picture must be a PNG file, but its {png.Length} bytes cannot be decoded.");

    /// <summary>Writes a PNG file.</summary>
    public static void WritePng(string path, SKBitmap bitmap)
    {
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        ReplaceFile(path, data.AsSpan());
    }

    /// <summary>Writes a file so that who reads it meanwhile sees the old or the new one, never a part.</summary>
    public static void ReplaceFile(string path, ReadOnlySpan<byte> contents)
    {
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        File.WriteAllBytes(temporary, contents);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Enlarges a small picture by a whole factor to about <paramref name="side"/> pixels, its pixels still visible as squares.</summary>
    public static SKBitmap Enlarge(SKBitmap bitmap, int side)
    {
        int factor = Math.Max(1, side / Math.Max(bitmap.Width, bitmap.Height));
        return bitmap.Resize(new SKSizeI(bitmap.Width * factor, bitmap.Height * factor), new SKSamplingOptions(SKFilterMode.Nearest));
    }
}

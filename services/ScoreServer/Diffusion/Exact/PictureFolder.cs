using System.Text.Json;
using Sjc.Numerics.Resize;
using SkiaSharp;

namespace Sjc.Diffusion.Exact;

/// <summary>Reads a folder of pictures with captions.</summary>
/// <remarks>A picture's caption is its line's <c>text</c> in <c>metadata.jsonl</c> (<c>{"file_name": …, "text": …}</c>, the common form of
/// captioned data sets), else the contents of the <c>.txt</c> file of its name, else its name with '-' and '_' read as spaces.</remarks>
public static class PictureFolder
{
    private const string MetadataFile = "metadata.jsonl";
    private const int ColorChannels = 3;
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"];

    /// <summary>Reads all pictures of a folder in order of name, cut to the shape's aspect round their centre and resized with antialias.</summary>
    /// <param name="folder">The folder; its sub-folders are not searched.</param>
    /// <param name="shape">Extents of the model's images, three channels.</param>
    /// <exception cref="ArgumentException">The shape has not three channels.</exception>
    /// <exception cref="InvalidDataException">The folder holds no picture, a picture cannot be decoded, or the metadata are broken.</exception>
    public static CaptionedPictures Read(string folder, DataShape shape)
    {
        if (shape.Channels != ColorChannels)
        {
            throw new ArgumentException($"{nameof(shape)} must have {ColorChannels} channels, but is {shape}.", nameof(shape));
        }

        string[] files = Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder).Where(file => Extensions.Contains(Path.GetExtension(file).ToLowerInvariant())).Order(StringComparer.Ordinal)]
            : throw new InvalidDataException($"{nameof(folder)} must exist, but there is no {folder}.");
        if (files.Length == 0)
        {
            throw new InvalidDataException($"{nameof(folder)} must hold at least one picture ({string.Join(", ", Extensions)}), but {folder} holds none.");
        }

        Dictionary<string, string> captions = ReadMetadata(Path.Combine(folder, MetadataFile));
        return new CaptionedPictures(shape, [.. files.Select(file => ReadPicture(file, shape))], [.. files.Select(file => Caption(file, captions))]);
    }

    private static string Caption(string file, Dictionary<string, string> captions)
    {
        if (captions.TryGetValue(Path.GetFileName(file), out string? caption))
        {
            return caption;
        }

        string beside = Path.ChangeExtension(file, ".txt");
        return File.Exists(beside) ? File.ReadAllText(beside).Trim() : Path.GetFileNameWithoutExtension(file).Replace('-', ' ').Replace('_', ' ');
    }

    private static Dictionary<string, string> ReadMetadata(string path)
    {
        Dictionary<string, string> captions = [];
        foreach (string line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            try
            {
                if (!string.IsNullOrWhiteSpace(line))
                {
                    using JsonDocument entry = JsonDocument.Parse(line);
                    captions[entry.RootElement.GetProperty("file_name").GetString()!] = entry.RootElement.GetProperty("text").GetString()!;
                }
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentNullException)
            {
                throw new InvalidDataException($"{path} must hold lines of {{\"file_name\": …, \"text\": …}}, but holds: {line}", exception);
            }
        }

        return captions;
    }

    private static float[] ReadPicture(string file, DataShape shape)
    {
        using SKBitmap bitmap = SKBitmap.Decode(file) ?? throw new InvalidDataException($"{file} must be a picture, but cannot be decoded.");
        (int height, int width) = CropExtents(bitmap.Height, bitmap.Width, shape);
        float[] planes = ReadCentre(bitmap, height, width);
        float[] resized = new float[shape.ElementCount];
        new BilinearResize((height, width), (shape.Height, shape.Width), antialias: true).Forward(planes, resized);
        return resized;
    }

    /// <summary>The largest centred window of the shape's aspect.</summary>
    private static (int Height, int Width) CropExtents(int height, int width, DataShape shape)
    {
        double scale = Math.Min((double)height / shape.Height, (double)width / shape.Width);
        return (Math.Clamp((int)Math.Round(shape.Height * scale), 1, height), Math.Clamp((int)Math.Round(shape.Width * scale), 1, width));
    }

    private static float[] ReadCentre(SKBitmap bitmap, int height, int width)
    {
        SKColor[] pixels = bitmap.Pixels;
        int top = (bitmap.Height - height) / 2;
        int left = (bitmap.Width - width) / 2;
        float[] planes = new float[ColorChannels * height * width];
        for (int i = 0; i < height; i++)
        {
            for (int j = 0; j < width; j++)
            {
                SKColor color = pixels[((top + i) * bitmap.Width) + left + j];
                int pixel = (i * width) + j;
                planes[pixel] = OverWhite(color.Red, color.Alpha);
                planes[(height * width) + pixel] = OverWhite(color.Green, color.Alpha);
                planes[(2 * height * width) + pixel] = OverWhite(color.Blue, color.Alpha);
            }
        }

        return planes;
    }

    private static float OverWhite(byte value, byte alpha) => (2 * (255 + ((value - 255) * alpha / 255f)) / 255) - 1;
}

using Sjc.Diffusion;
using Sjc.Diffusion.Exact;

namespace Sjc.ScoreServer.Models.Pictures;

/// <summary>A folder of pictures with captions.</summary>
/// <remarks>Pictures are *.png, *.jpg, *.jpeg and *.webp directly in the folder, in order of their names. Captions come from the first of these
/// that is there: captions.jsonl, captions.csv (see <see cref="CaptionFile"/>), a text file of the picture's name (car.png, car.txt).</remarks>
internal static class PictureFolder
{
    private const int MaxNamesInMessage = 5;
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".webp"];

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">Its path.</param>
    /// <param name="size">Side to which every picture is brought, pixels.</param>
    /// <exception cref="InvalidDataException">There is no such folder, no picture in it, a picture without a caption, or one that cannot be read.</exception>
    public static CaptionedPictures Read(string folder, int size)
    {
        if (!Directory.Exists(folder))
        {
            throw new InvalidDataException($"Path must be a folder of pictures, but {Path.GetFullPath(folder)} is none.");
        }

        string[] files =
        [
            .. Directory.EnumerateFiles(folder)
                .Where(file => Extensions.Contains(Path.GetExtension(file).ToLowerInvariant()))
                .Order(StringComparer.Ordinal),
        ];
        if (files.Length == 0)
        {
            throw new InvalidDataException($"{folder} must hold at least one of *{string.Join(", *", Extensions)}, but holds none.");
        }

        string[] captions = ReadCaptions(folder, files);
        return new CaptionedPictures(new DataShape(3, size, size), [.. files.Select(file => PictureFile.Read(file, size))], captions);
    }

    private static string[] ReadCaptions(string folder, string[] files)
    {
        IReadOnlyDictionary<string, string>? listed = CaptionFile.Find(folder);
        string?[] captions = [.. files.Select(file => listed is null ? ReadText(file) : listed.GetValueOrDefault(Path.GetFileName(file)))];
        string[] bare = [.. files.Where((_, i) => string.IsNullOrWhiteSpace(captions[i])).Select(file => Path.GetFileName(file))];
        if (bare.Length > 0)
        {
            string names = string.Join(", ", bare.Take(MaxNamesInMessage)) + (bare.Length > MaxNamesInMessage ? $" and {bare.Length - MaxNamesInMessage} more" : "");
            throw new InvalidDataException($"{folder} must hold a caption for every picture, but holds none for {names}.");
        }

        return [.. captions.Select(caption => caption!.Trim())];
    }

    private static string? ReadText(string picture)
    {
        string file = Path.ChangeExtension(picture, ".txt");
        return File.Exists(file) ? File.ReadAllText(file) : null;
    }
}

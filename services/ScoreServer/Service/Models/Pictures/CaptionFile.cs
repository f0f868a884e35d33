using System.Text.Json;

namespace Sjc.ScoreServer.Models.Pictures;

/// <summary>Captions of a folder of pictures in one file.</summary>
/// <remarks>captions.jsonl: one object a line, {"file": "car.png", "caption": "a red car"}. captions.csv: file,caption a line, where a
/// caption with commas stands in double quotes and a quote within it is doubled; a first line "file,caption" is passed over.</remarks>
internal static class CaptionFile
{
    private static readonly JsonSerializerOptions JsonOptions = new() { PropertyNameCaseInsensitive = true };

    /// <summary>The captions by file name; null where the folder has neither file.</summary>
    /// <exception cref="InvalidDataException">A line cannot be read.</exception>
    public static IReadOnlyDictionary<string, string>? Find(string folder)
    {
        string jsonLines = Path.Combine(folder, "captions.jsonl");
        if (File.Exists(jsonLines))
        {
            return Read(jsonLines, ParseJson);
        }

        string csv = Path.Combine(folder, "captions.csv");
        return File.Exists(csv) ? Read(csv, ParseCsv) : null;
    }

    private static Dictionary<string, string> Read(string path, Func<string, (string File, string Caption)?> parse)
    {
        Dictionary<string, string> captions = new(StringComparer.Ordinal);
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line) || (number == 1 && line.Trim() == "file,caption"))
            {
                continue;
            }

            (string file, string caption) = parse(line) ?? throw new InvalidDataException($"{path} line {number} must name a file and its caption, but is {line}");
            captions[file] = caption;
        }

        return captions;
    }

    private static (string File, string Caption)? ParseJson(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<Entry>(line, JsonOptions) is { File: { } file, Caption: { } caption } ? (file, caption) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static (string File, string Caption)? ParseCsv(string line)
    {
        int comma = line.IndexOf(',', StringComparison.Ordinal);
        if (comma < 1)
        {
            return null;
        }

        string caption = line[(comma + 1)..].Trim();
        if (caption is ['"', .., '"'])
        {
            caption = caption[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal);
        }

        return (line[..comma].Trim(), caption);
    }

    private sealed record Entry(string? File, string? Caption);
}

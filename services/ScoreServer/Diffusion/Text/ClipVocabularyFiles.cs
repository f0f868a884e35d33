using System.Text.Json;

namespace Sjc.Diffusion.Text;

/// <summary>Reads the files of a CLIP tokenizer.</summary>
internal static class ClipVocabularyFiles
{
    private const long MaxBytes = 64 << 20;
    private const string EndOfWord = "</w>";

    // Of OpenAI's bpe_simple_vocab_16e6.txt, which lists more merges than CLIP uses.
    private const int ClipMerges = 48_894;

    /// <summary>Pairs in order of rank. The first line is a comment; later ones that begin with # are merges.</summary>
    /// <exception cref="InvalidDataException">A line is not two symbols.</exception>
    public static List<(string, string)> ReadMerges(string path)
    {
        RequireSize(path);
        List<(string, string)> pairs = [];
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if ((number == 1 && line.StartsWith('#')) || (number == 1 && line.StartsWith('"')) || line.Length == 0 || pairs.Count == ClipMerges)
            {
                continue;
            }

            pairs.Add(line.Split(' ') is [{ Length: > 0 } first, { Length: > 0 } second]
                ? (first, second)
                : throw new InvalidDataException($"Line {number} of {Path.GetFileName(path)} must be two symbols, but is {(line.Length <= 80 ? line : line[..80] + "…")}."));
        }

        return pairs;
    }

    /// <summary>vocab.json: token → id.</summary>
    /// <exception cref="InvalidDataException">The file is no object of distinct numbers from 0.</exception>
    public static Dictionary<string, int> ReadIds(string path)
    {
        return Read(path, root =>
        {
            Dictionary<string, int> ids = new(StringComparer.Ordinal);
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw new InvalidDataException($"{path} must be a JSON object, but is not.");
            }

            HashSet<int> seen = [];
            foreach (JsonProperty entry in root.EnumerateObject())
            {
                if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out int id) || id < 0 || id > 1 << 24 || !seen.Add(id))
                {
                    throw new InvalidDataException($"{path} must give each token its own whole number, but gives {entry.Value.GetRawText()} to {entry.Name}.");
                }

                ids[entry.Name] = id;
            }

            return ids;
        });
    }

    /// <summary>CLIP's ids, which follow from the order of its merges: 256 bytes, the same at the end of a piece, the merges, start and end.</summary>
    public static Dictionary<string, int> IdsOf(IReadOnlyList<(string First, string Second)> pairs)
    {
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        IEnumerable<string> bytes = ByteSymbols.All.Select(symbol => symbol.ToString());
        IEnumerable<string> tokens = [.. bytes, .. bytes.Select(symbol => symbol + EndOfWord), .. pairs.Select(pair => pair.First + pair.Second), ClipTokenizer.StartText, ClipTokenizer.EndText];
        foreach (string token in tokens)
        {
            ids.TryAdd(token, ids.Count);
        }

        return ids;
    }

    /// <summary>The padding's text by special_tokens_map.json, else tokenizer_config.json; null where neither names it.</summary>
    public static string? ReadPadding(string folder)
    {
        foreach (string file in (string[])["special_tokens_map.json", "tokenizer_config.json"])
        {
            string path = Path.Combine(folder, file);
            if (!File.Exists(path))
            {
                continue;
            }

            (bool isNamed, string? padding) = Read(path, root =>
            {
                if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("pad_token", out JsonElement pad))
                {
                    return (false, null);
                }

                JsonElement text = pad.ValueKind == JsonValueKind.Object && pad.TryGetProperty("content", out JsonElement content) ? content : pad;
                return (true, text.ValueKind == JsonValueKind.String ? text.GetString() : null);
            });
            if (isNamed)
            {
                return padding;
            }
        }

        return null;
    }

    private static T Read<T>(string path, Func<JsonElement, T> read)
    {
        RequireSize(path);
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return read(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Text that is no Unicode is only noticed when it is read: an InvalidOperationException.
            throw new InvalidDataException($"{path} must be valid JSON, but is not: {exception.Message}", exception);
        }
    }

    private static void RequireSize(string path)
    {
        long length = new FileInfo(path).Length;
        if (length > MaxBytes)
        {
            throw new InvalidDataException($"{path} must be at most {MaxBytes} bytes, but is {length}.");
        }
    }
}

using System.Text;

namespace Sjc.Diffusion.Text;

/// <summary>CLIP's byte-pair tokenizer (Radford et al. 2021): the ids of the original for any text.</summary>
/// <remarks>Form C, white space to single spaces, lower case, pieces (<see cref="ClipPieces"/>), UTF-8 bytes as 256 printable stand-ins, then merges by rank.</remarks>
public sealed class ClipTokenizer
{
    /// <summary>Starts every prompt.</summary>
    public const string StartText = "<|startoftext|>";

    /// <summary>Ends every prompt.</summary>
    public const string EndText = "<|endoftext|>";

    // Marks the last symbol of a piece.
    private const string EndOfWord = "</w>";

    private readonly Dictionary<string, int> ids;
    private readonly Dictionary<(string, string), int> ranks;
    private readonly Dictionary<int, string> texts;

    private ClipTokenizer(Dictionary<string, int> ids, Dictionary<(string, string), int> ranks, int maxLength, int padding, string name)
    {
        this.ids = ids;
        this.ranks = ranks;
        texts = ids.ToDictionary(entry => entry.Value, entry => entry.Key);
        StartToken = RequireId(StartText, name);
        EndToken = RequireId(EndText, name);
        MaxLength = maxLength;
        PaddingToken = padding >= 0 ? padding : EndToken;
        foreach (char stand in ByteSymbols.All)
        {
            RequireId(stand.ToString(), name);
            RequireId(stand + EndOfWord, name);
        }

        foreach ((string first, string second) in ranks.Keys)
        {
            RequireId(first + second, name);
        }
    }

    /// <summary>Tokens in the vocabulary.</summary>
    public int TokenCount => ids.Values.Max() + 1;

    /// <summary>Starts every prompt.</summary>
    public int StartToken { get; }

    /// <summary>Ends every prompt.</summary>
    public int EndToken { get; }

    /// <summary>Fills up short prompts: the end token in SD 1.x, 0 in 2.x.</summary>
    public int PaddingToken { get; }

    /// <summary>Tokens of a padded prompt, the two special ones included.</summary>
    public int MaxLength { get; }

    /// <summary>Reads a tokenizer's folder with merges.txt and, as a rule, vocab.json and special_tokens_map.json; or a file of merges alone, whose order gives CLIP's ids.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="maxLength">Of a padded prompt, at least 2.</param>
    /// <param name="padsWithZero">Where the folder does not name the padding: pad with token 0 instead of the end token.</param>
    /// <exception cref="InvalidDataException">A file is missing or not what it should be.</exception>
    public static ClipTokenizer Load(string path, int maxLength = 77, bool padsWithZero = false)
    {
        string folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        bool isFolder = Directory.Exists(path);
        string merges = isFolder ? Path.Combine(folder, "merges.txt") : path;
        if (!File.Exists(merges))
        {
            throw new InvalidDataException($"The tokenizer {path} must be a folder with merges.txt, or a file of merges, but is not.");
        }

        List<(string, string)> pairs = ClipVocabularyFiles.ReadMerges(merges);
        string vocabulary = Path.Combine(folder, "vocab.json");
        Dictionary<string, int> ids = isFolder && File.Exists(vocabulary) ? ClipVocabularyFiles.ReadIds(vocabulary) : ClipVocabularyFiles.IdsOf(pairs);
        Dictionary<(string, string), int> ranks = [];
        foreach ((string, string) pair in pairs)
        {
            ranks.TryAdd(pair, ranks.Count);
        }

        string? padding = isFolder ? ClipVocabularyFiles.ReadPadding(folder) : null;
        int pad = padding is null ? (padsWithZero ? 0 : -1) : ids.TryGetValue(padding, out int id) ? id : throw new InvalidDataException($"pad_token of {folder} must be in its vocabulary, but is {padding}.");
        return new ClipTokenizer(ids, ranks, maxLength >= 2 ? maxLength : throw new ArgumentException($"{nameof(maxLength)} must be at least 2, but is {maxLength}.", nameof(maxLength)), pad, path);
    }

    /// <summary>Tokens of a text, start and end included, neither truncated nor padded.</summary>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> tokens = [StartToken];
        foreach (string piece in ClipPieces.Split(ClipPieces.Clean(text)))
        {
            if (piece is StartText or EndText)
            {
                tokens.Add(ids[piece]);
            }
            else
            {
                AddMerged(piece, tokens);
            }
        }

        tokens.Add(EndToken);
        return [.. tokens];
    }

    /// <summary>Tokens for the network: at most <see cref="MaxLength"/> − 1 are kept and closed by the end token, the rest is padding.</summary>
    /// <param name="tokens">As <see cref="Encode"/> gives them.</param>
    /// <returns>[<see cref="MaxLength"/>].</returns>
    public long[] Pad(ReadOnlySpan<int> tokens)
    {
        long[] padded = new long[MaxLength];
        padded.AsSpan().Fill(PaddingToken);
        int kept = Math.Min(tokens.Length, MaxLength - 1);
        for (int i = 0; i < kept; i++)
        {
            padded[i] = tokens[i];
        }

        if (tokens.Length >= MaxLength)
        {
            padded[^1] = EndToken;
        }

        return padded;
    }

    /// <summary>The text of tokens, with a space after each piece; the special tokens are spelled out.</summary>
    /// <exception cref="ArgumentException">A token is outside the vocabulary.</exception>
    public string Decode(ReadOnlySpan<int> tokens)
    {
        List<byte> bytes = [];
        foreach (int token in tokens)
        {
            string symbol = texts.TryGetValue(token, out string? known) ? known : throw new ArgumentException($"{nameof(tokens)} must be in the vocabulary, but hold {token}.", nameof(tokens));
            bool ends = symbol.EndsWith(EndOfWord, StringComparison.Ordinal);
            bytes.AddRange(symbol is StartText or EndText ? Encoding.UTF8.GetBytes(symbol) : ByteSymbols.ToBytes(ends ? symbol[..^EndOfWord.Length] : symbol));
            if (ends)
            {
                bytes.Add((byte)' ');
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>Merges the lowest-ranked pair, all its occurrences from left to right, until none is left.</summary>
    private void AddMerged(string piece, List<int> tokens)
    {
        List<string> symbols = [.. ByteSymbols.Of(piece)];
        symbols[^1] += EndOfWord;
        while (symbols.Count > 1 && LowestPair(symbols) is (string, string) pair)
        {
            int written = 0;
            for (int i = 0; i < symbols.Count; i++)
            {
                bool merges = i + 1 < symbols.Count && symbols[i] == pair.First && symbols[i + 1] == pair.Second;
                symbols[written++] = merges ? pair.First + pair.Second : symbols[i];
                i += merges ? 1 : 0;
            }

            symbols.RemoveRange(written, symbols.Count - written);
        }

        foreach (string symbol in symbols)
        {
            tokens.Add(ids[symbol]);
        }
    }

    private (string First, string Second)? LowestPair(List<string> symbols)
    {
        int lowest = int.MaxValue;
        (string, string)? found = null;
        for (int i = 0; i + 1 < symbols.Count; i++)
        {
            if (ranks.TryGetValue((symbols[i], symbols[i + 1]), out int rank) && rank < lowest)
            {
                lowest = rank;
                found = (symbols[i], symbols[i + 1]);
            }
        }

        return found;
    }

    private int RequireId(string token, string name) =>
        ids.TryGetValue(token, out int id) ? id : throw new InvalidDataException($"The tokenizer {name} must know {token}, but does not.");
}

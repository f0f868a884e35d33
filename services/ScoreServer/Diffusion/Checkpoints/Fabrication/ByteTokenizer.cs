using System.Text.Json;

namespace Sjc.Diffusion.Checkpoints.Fabrication;

/// <summary>A sound tokenizer of CLIP's form without CLIP's vocabulary: each byte is a token and nothing is merged.</summary>
internal static class ByteTokenizer
{
    private const int StartToken = 49406;
    private const int EndToken = 49407;

    /// <summary>Writes vocab.json and merges.txt.</summary>
    public static void Write(string folder)
    {
        // The printable stand-ins of bytes: those that are printable stand for themselves, the others follow from 256 (Radford et al. 2019).
        int[] printable = [.. Enumerable.Range('!', '~' - '!' + 1), .. Enumerable.Range('¡', '¬' - '¡' + 1), .. Enumerable.Range('®', 'ÿ' - '®' + 1)];
        int others = 256 - printable.Length;
        string[] symbols = [.. printable.Concat(Enumerable.Range(256, others)).Select(code => ((char)code).ToString())];
        Dictionary<string, int> vocabulary = [];
        foreach (string symbol in symbols.Concat(symbols.Select(symbol => symbol + "</w>")))
        {
            vocabulary.Add(symbol, vocabulary.Count);
        }

        vocabulary.Add("<|startoftext|>", StartToken);
        vocabulary.Add("<|endoftext|>", EndToken);
        File.WriteAllText(Path.Combine(folder, "vocab.json"), JsonSerializer.Serialize(vocabulary));
        File.WriteAllText(Path.Combine(folder, "merges.txt"), "#version: 0.2\n");
    }
}

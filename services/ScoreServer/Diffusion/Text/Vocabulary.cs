namespace Sjc.Diffusion.Text;

/// <summary>A closed list of words and the tokens that stand for them.</summary>
/// <remarks>Token 0 pads, 1 starts every prompt, 2 stands for any word outside the list, word k of the list is token 3 + k.</remarks>
public sealed class Vocabulary
{
    /// <summary>Fills up short prompts.</summary>
    public const int Padding = 0;

    /// <summary>Starts every prompt; the empty prompt is this token alone.</summary>
    public const int Start = 1;

    /// <summary>Stands for any word outside the list.</summary>
    public const int Unknown = 2;

    private const int FirstWord = 3;
    private readonly Dictionary<string, int> tokens = new(StringComparer.Ordinal);

    /// <summary>A vocabulary of given words, in order.</summary>
    /// <exception cref="ArgumentException">A word occurs twice.</exception>
    public Vocabulary(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        Words = words;
        for (int i = 0; i < words.Count; i++)
        {
            if (!tokens.TryAdd(words[i], FirstWord + i))
            {
                throw new ArgumentException($"{nameof(words)} must differ, but {words[i]} occurs twice.", nameof(words));
            }
        }
    }

    /// <summary>The words, in the order of their tokens.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>Tokens, the three special ones included.</summary>
    public int TokenCount => FirstWord + Words.Count;

    /// <summary>The words of texts, in alphabetical order.</summary>
    public static Vocabulary Of(IEnumerable<string> texts) =>
        new([.. texts.SelectMany(Split).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);

    /// <summary>A text's words: runs of letters and digits, in lower case.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> words = [];
        int start = -1;
        for (int i = 0; i <= text.Length; i++)
        {
            bool inside = i < text.Length && char.IsLetterOrDigit(text[i]);
            if (inside && start < 0)
            {
                start = i;
            }
            else if (!inside && start >= 0)
            {
                words.Add(text[start..i].ToLowerInvariant());
                start = -1;
            }
        }

        return words;
    }

    /// <summary>Tokens of a text, the start token first, without padding.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="unknownWords">Receives the words outside the list, in the text's order.</param>
    public int[] Encode(string text, out IReadOnlyList<string> unknownWords)
    {
        IReadOnlyList<string> words = Split(text);
        unknownWords = [.. words.Where(word => !tokens.ContainsKey(word))];
        return [Start, .. words.Select(word => tokens.GetValueOrDefault(word, Unknown))];
    }
}

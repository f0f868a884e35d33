namespace Sjc.Diffusion.Exact;

/// <summary>A text as the words that count for selecting pictures: lower case, without punctuation, articles and prepositions.</summary>
public static class PromptWords
{
    private static readonly HashSet<string> StopWords = ["a", "an", "the", "of", "in", "on", "at", "with", "and", "is", "from", "to", "photo", "picture", "image"];

    /// <summary>The words of a text in its order, each once.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        char[] cleaned = [.. text.ToLowerInvariant().Select(character => char.IsLetterOrDigit(character) ? character : ' ')];
        return [.. new string(cleaned).Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => !StopWords.Contains(word)).Distinct()];
    }
}

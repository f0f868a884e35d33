using System.Globalization;
using System.Text;

namespace Sjc.Diffusion.Text;

/// <summary>Cuts a prompt into the pieces inside which CLIP's tokenizer merges.</summary>
internal static class ClipPieces
{
    private static readonly string[] Literals = [ClipTokenizer.StartText, ClipTokenizer.EndText, "'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    /// <summary>Form C, runs of white space as one space, trimmed, lower case.</summary>
    public static string Clean(string text)
    {
        StringBuilder cleaned = new(text.Length);
        foreach (char c in CanonicalComposition.Normalize(text))
        {
            if (!char.IsWhiteSpace(c))
            {
                cleaned.Append(c);
            }
            else if (cleaned.Length > 0 && cleaned[^1] != ' ')
            {
                cleaned.Append(' ');
            }
        }

        return cleaned.ToString().TrimEnd(' ').ToLowerInvariant();
    }

    /// <summary>The pieces: the special tokens, the English contractions, runs of letters, single digits, runs of anything else but white space.</summary>
    /// <remarks>As &lt;\|startoftext\|&gt;|&lt;\|endoftext\|&gt;|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+ over code points: the base library's
    /// expressions see UTF-16 units.</remarks>
    public static IEnumerable<string> Split(string cleaned)
    {
        int start = 0;
        while (start < cleaned.Length)
        {
            int end = Literals.FirstOrDefault(literal => cleaned.AsSpan(start).StartsWith(literal, StringComparison.Ordinal)) is { } literal
                ? start + literal.Length
                : EndOfRun(cleaned, start);
            if (!char.IsWhiteSpace(cleaned[start]))
            {
                yield return cleaned[start..end];
            }

            start = end;
        }
    }

    private static int EndOfRun(string text, int start)
    {
        Kind kind = KindAt(text, start, out int length);
        int end = start + length;
        while (kind is Kind.Letter or Kind.Other && end < text.Length && KindAt(text, end, out length) == kind)
        {
            end += length;
        }

        return end;
    }

    private static Kind KindAt(string text, int index, out int length)
    {
        Rune.DecodeFromUtf16(text.AsSpan(index), out Rune rune, out length);
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Rune.IsWhiteSpace(rune) ? Kind.Space : Kind.Other,
        };
    }

    private enum Kind
    {
        Letter,
        Number,
        Space,
        Other,
    }
}

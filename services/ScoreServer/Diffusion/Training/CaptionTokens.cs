using Sjc.Diffusion.Text;
using Sjc.Numerics;

namespace Sjc.Diffusion.Training;

/// <summary>Tokens of captions, varied now and then so that the encoder also meets prompts that people write.</summary>
internal sealed class CaptionTokens
{
    private const double NoView = 0.05;
    private const double NoArticle = 0.05;
    private const double StrangeWord = 0.05;
    private readonly int[][] tokens;
    private readonly int of;

    /// <summary>Encodes every caption once.</summary>
    public CaptionTokens(Vocabulary vocabulary, IReadOnlyList<string> captions)
    {
        tokens = [.. captions.Select(caption => vocabulary.Encode(caption, out _))];
        of = vocabulary.Encode("of", out _)[1];
    }

    /// <summary>Tokens of a caption: dropped, without its view, without its article, with an unknown word, or, mostly, as it is.</summary>
    /// <param name="caption">Which caption.</param>
    /// <param name="dropout">Share of captions that are dropped whole.</param>
    /// <param name="key">Decides.</param>
    /// <param name="position">First of two positions of the key's sequence.</param>
    public int[] Draw(int caption, double dropout, RandomKey key, uint position)
    {
        int[] whole = tokens[caption];
        double draw = key.UniformDouble(position);
        if (draw < dropout)
        {
            return [Vocabulary.Start];
        }

        draw -= dropout;
        int afterView = Array.IndexOf(whole, of) + 1;
        if (draw < NoView)
        {
            return [Vocabulary.Start, .. whole[afterView..]];
        }

        if (draw < NoView + NoArticle)
        {
            return [.. whole[..afterView], .. whole[(afterView + 1)..]];
        }

        if (draw < NoView + NoArticle + StrangeWord)
        {
            int at = 1 + key.UniformInteger(position + 1, whole.Length);
            return [.. whole[..at], Vocabulary.Unknown, .. whole[at..]];
        }

        return whole;
    }
}

namespace Sjc.Diffusion.Text;

/// <summary>Prompts of different lengths as one padded array.</summary>
public sealed class TokenBatch
{
    /// <summary>Pads every prompt to the longest one's length.</summary>
    /// <param name="prompts">Tokens of each prompt, at least the start token each.</param>
    public TokenBatch(IReadOnlyList<int[]> prompts)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        Count = prompts.Count;
        Length = prompts.Max(prompt => prompt.Length);
        Tokens = new long[Count * Length];
        for (int row = 0; row < Count; row++)
        {
            for (int position = 0; position < prompts[row].Length; position++)
            {
                Tokens[(row * Length) + position] = prompts[row][position];
            }
        }
    }

    /// <summary>Prompts.</summary>
    public int Count { get; }

    /// <summary>Tokens of the longest prompt.</summary>
    public int Length { get; }

    /// <summary>[count, length], padded with <see cref="Vocabulary.Padding"/>.</summary>
    public long[] Tokens { get; }
}

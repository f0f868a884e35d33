namespace Sjc.Diffusion;

/// <summary>A prompt as its model understands it.</summary>
/// <param name="condition">What <see cref="IDenoiser.Denoise"/> takes.</param>
/// <param name="tokenCount">Tokens of the prompt, without padding.</param>
/// <param name="unknownWords">Words outside a closed vocabulary, which the model passes over.</param>
public sealed class PromptEncoding(Condition condition, int tokenCount, IReadOnlyList<string> unknownWords)
{
    /// <summary>What <see cref="IDenoiser.Denoise"/> takes.</summary>
    public Condition Condition { get; } = condition;

    /// <summary>Tokens of the prompt, without padding.</summary>
    public int TokenCount { get; } = tokenCount;

    /// <summary>Words outside a closed vocabulary, which the model passes over, in the prompt's order.</summary>
    public IReadOnlyList<string> UnknownWords { get; } = unknownWords;
}

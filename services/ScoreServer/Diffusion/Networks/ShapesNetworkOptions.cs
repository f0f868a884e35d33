namespace Sjc.Diffusion.Networks;

/// <summary>Sizes of a <see cref="ShapesNetwork"/>; written into its checkpoints.</summary>
public sealed record ShapesNetworkOptions
{
    /// <summary>Pixels across and down; a multiple of 8.</summary>
    public int ImageSize { get; init; } = 32;

    /// <summary>Channels at 1/2, 1/4 and 1/8 of the picture's resolution; multiples of <see cref="Groups"/>.</summary>
    public IReadOnlyList<int> Channels { get; init; } = [64, 96, 128];

    /// <summary>Groups of each group normalisation.</summary>
    public int Groups { get; init; } = 8;

    /// <summary>Width of the text's and the noise level's embedding.</summary>
    public int EmbeddingWidth { get; init; } = 256;

    /// <summary>Width of the text encoder's tokens; a multiple of <see cref="TextHeads"/>.</summary>
    public int TextWidth { get; init; } = 128;

    /// <summary>Transformer layers of the text encoder.</summary>
    public int TextLayers { get; init; } = 2;

    /// <summary>Attention heads of each layer.</summary>
    public int TextHeads { get; init; } = 4;

    /// <summary>Longest prompt, the start token included.</summary>
    public int MaxTokens { get; init; } = 24;

    /// <summary>Tokens of the vocabulary, the special ones included.</summary>
    public required int TokenCount { get; init; }

    /// <summary>Standard deviation of the training pictures' values, of the preconditioning.</summary>
    public double SigmaData { get; init; } = 0.7;
}

namespace Sjc.Diffusion.Networks.Edm;

/// <summary>What EDM's two networks have in common; defaults are those of its constructors.</summary>
internal abstract record EdmUnetOptions
{
    /// <summary>Side of the images in pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Channels of the input.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Channels of the output.</summary>
    public int Outputs { get; init; } = 3;

    /// <summary>Classes; 0: none.</summary>
    public int ClassCount { get; init; }

    /// <summary>Unit of the channels.</summary>
    public required int Width { get; init; }

    /// <summary>Channels at each resolution, in units of <see cref="Width"/>, from the finest.</summary>
    public required IReadOnlyList<int> Multipliers { get; init; }

    /// <summary>Width of the embedding, in units of <see cref="Width"/>.</summary>
    public int EmbeddingMultiplier { get; init; } = 4;

    /// <summary>Residual blocks at each resolution.</summary>
    public required int BlocksPerLevel { get; init; }

    /// <summary>Sides in pixels at which there is self-attention.</summary>
    public required IReadOnlyList<int> AttentionResolutions { get; init; }

    /// <summary>Channels of the first convolution's result.</summary>
    public abstract int FirstChannels { get; }

    /// <summary>How the encoder sees the input at its lower resolutions.</summary>
    public SongInput Input { get; init; }

    /// <summary>Side in pixels at a level.</summary>
    public int Side(int level) => ImageSize >> level;

    /// <summary>Whether the encoder's blocks at a level have self-attention.</summary>
    public bool Attends(int level) => AttentionResolutions.Contains(Side(level));

    /// <summary>Whether a block of the decoder has self-attention.</summary>
    public abstract bool AttendsInDecoder(int level, int block);

    /// <summary>Whether the decoder makes output at a level.</summary>
    public abstract bool MakesOutput(int level);

    /// <summary>What EDM calls a module at a level: "16x16_conv".</summary>
    public string Name(int level, string part) => $"{Side(level)}x{Side(level)}_{part}";
}

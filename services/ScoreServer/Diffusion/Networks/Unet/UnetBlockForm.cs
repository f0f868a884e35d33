namespace Sjc.Diffusion.Networks.Unet;

/// <summary>What the residual blocks of one network have in common.</summary>
internal sealed record UnetBlockForm
{
    /// <summary>Of the parts.</summary>
    public required UnetBlockNames Names { get; init; }

    /// <summary>Width of the embedding.</summary>
    public required int EmbeddingWidth { get; init; }

    /// <summary>The embedding scales and shifts the second norm's result, (1 + scale)·norm(h) + shift, scale first; else it is added before that norm.</summary>
    public required bool ScalesAndShifts { get; init; }

    /// <summary>Least channels of a group; there are at most 32 groups.</summary>
    public int LeastGroupWidth { get; init; } = 1;

    /// <summary>Of the norms.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>Factor on the sum of residual and shortcut.</summary>
    public double OutputScale { get; init; } = 1;

    /// <summary>A block that resamples has a 1×1 convolution in its shortcut even where the channels stay.</summary>
    public bool ProjectsWhereResampling { get; init; }

    /// <summary>Groups of a norm.</summary>
    /// <exception cref="InvalidDataException">They do not divide the channels.</exception>
    public int Groups(int channels)
    {
        int groups = Math.Min(32, channels / LeastGroupWidth);
        return groups > 0 && channels % groups == 0
            ? groups
            : throw new InvalidDataException($"The channels of a norm must be a multiple of its {groups} groups, but are {channels}.");
    }
}

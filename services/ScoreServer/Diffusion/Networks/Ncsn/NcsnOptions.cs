namespace Sjc.Diffusion.Networks.Ncsn;

/// <summary>The choices of an <see cref="NcsnNetwork"/>.</summary>
internal sealed record NcsnOptions
{
    /// <summary>Channels of the images.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Unit of the channels.</summary>
    public required int Width { get; init; }

    /// <summary>How many resolutions, and how wide.</summary>
    public required NcsnDepth Depth { get; init; }

    /// <summary>After norms and in the refining half.</summary>
    public NcsnActivation Activation { get; init; } = NcsnActivation.Elu;
}

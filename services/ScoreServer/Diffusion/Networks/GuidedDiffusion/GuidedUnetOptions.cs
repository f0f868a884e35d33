namespace Sjc.Diffusion.Networks.GuidedDiffusion;

/// <summary>The flags of a <see cref="GuidedUnet"/>.</summary>
internal sealed record GuidedUnetOptions : GuidedDiffusionOptions
{
    /// <summary>Classes; 0: none.</summary>
    public int ClassCount { get; init; }

    /// <summary>The output has variances after the noise: 6 channels instead of 3.</summary>
    public bool LearnsSigma { get; init; } = true;
}

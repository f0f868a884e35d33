namespace Sjc.Diffusion.Networks.GuidedDiffusion;

/// <summary>The flags of a <see cref="GuidedClassifier"/>.</summary>
internal sealed record GuidedClassifierOptions : GuidedDiffusionOptions
{
    /// <summary>Classes.</summary>
    public required int ClassCount { get; init; }

    /// <summary>Attention over the pixels makes the logits (pool "attention"); else their mean does ("adaptive").</summary>
    public bool AttentionPool { get; init; } = true;
}

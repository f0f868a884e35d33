namespace Sjc.Diffusion;

/// <summary>What a condition of a model is.</summary>
public enum ConditioningKind
{
    /// <summary>The model takes no condition.</summary>
    None,

    /// <summary>A text prompt.</summary>
    Prompt,

    /// <summary>A class label.</summary>
    ClassLabel,
}

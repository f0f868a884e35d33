using TorchSharp;

namespace Sjc.Diffusion;

/// <summary>What callers need to know of a model; the contents of the contract's Model message.</summary>
public sealed class DenoiserDescription
{
    /// <summary>A name for the model; a server may hold it under another one.</summary>
    public string Name { get; init; } = "";

    /// <summary>The family, such as "exact" or "shapes".</summary>
    public required string Kind { get; init; }

    /// <summary>One line for people.</summary>
    public string Summary { get; init; } = "";

    /// <summary>Extents of one image.</summary>
    public required DataShape DataShape { get; init; }

    /// <summary>What the images are.</summary>
    public DataSpace DataSpace { get; init; } = DataSpace.Pixel;

    /// <summary>Least value of clean images.</summary>
    public float ValueMin { get; init; } = -1;

    /// <summary>Greatest value of clean images.</summary>
    public float ValueMax { get; init; } = 1;

    /// <summary>Least noise level that the model takes, &gt; 0.</summary>
    public required double SigmaMin { get; init; }

    /// <summary>Greatest noise level that the model takes.</summary>
    public required double SigmaMax { get; init; }

    /// <summary>The noise levels that the network was trained on, descending, to the nearest of which σ is snapped; null: any in range.</summary>
    public IReadOnlyList<double>? SigmaLadder { get; init; }

    /// <summary>What a condition of the model is.</summary>
    public ConditioningKind Conditioning { get; init; } = ConditioningKind.Prompt;

    /// <summary>Classes, where conditioning is by class label.</summary>
    public int ClassCount { get; init; }

    /// <summary>Longest prompt in tokens, where conditioning is by prompt.</summary>
    public int MaxPromptTokens { get; init; }

    /// <summary>Words that the text encoder knows, where they are few; empty for an open vocabulary.</summary>
    public IReadOnlyList<string> Vocabulary { get; init; } = [];

    /// <summary>How a view is worded in a prompt; null: <see cref="ViewWording.Reference"/>.</summary>
    public ViewWording? ViewWording { get; init; }

    /// <summary>Settings of the optimizer that suit the model.</summary>
    public OptimizationHints Hints { get; init; } = new();

    /// <summary>Where it runs, such as "cpu" or "cuda:0".</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>The type that its network computes in.</summary>
    public torch.ScalarType ComputeType { get; init; } = torch.ScalarType.Float32;

    /// <summary>Every operation of a pass has shapes that depend on the number of rows alone, never on their values or conditions. Then rows of passes
    /// of one size may have bits of their own, and deterministic requests may share passes; servers measure whether they do.</summary>
    public bool HasFixedShapes { get; init; }

    /// <summary>The type of the tensors that samplers and servers hand it: a network may compute in half precision, but D of a noisy image in half precision would
    /// leave no digits of (D − x)/σ² at small σ.</summary>
    public torch.ScalarType StateType => ComputeType == torch.ScalarType.Float64 ? torch.ScalarType.Float64 : torch.ScalarType.Float32;

    /// <summary>Parameters of its networks; 0 for a closed form.</summary>
    public long ParameterCount { get; init; }

    /// <summary>Names of the samplers that suit it, the first being the default; unset: all that its noise levels allow, see
    /// <see cref="Sampling.SamplerNames"/>.</summary>
    public IReadOnlyList<string> Samplers
    {
        get => field ?? (SigmaLadder is null ? Sampling.SamplerNames.All : Sampling.SamplerNames.OnLadder);
        init;
    }

    /// <summary>Prompts to try.</summary>
    public IReadOnlyList<string> ExamplePrompts { get; init; } = [];

    /// <summary>"f16", "bf16", "f32" or "f64".</summary>
    public string ComputeTypeName => ComputeType switch
    {
        torch.ScalarType.Float16 => "f16",
        torch.ScalarType.BFloat16 => "bf16",
        torch.ScalarType.Float32 => "f32",
        torch.ScalarType.Float64 => "f64",
        _ => throw new InvalidOperationException($"{nameof(ComputeType)} must be a floating-point type, but is {ComputeType}."),
    };
}

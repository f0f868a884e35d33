using TorchSharp;

namespace Sjc.Diffusion.Checkpoints;

/// <summary>What a model is and needs, told from its files without loading them.</summary>
public sealed class ModelInspection
{
    /// <summary>The family's <see cref="IModelFamily.Kind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The variant, for people, such as "SD 2.x, v-prediction".</summary>
    public string Variant { get; init; } = "";

    /// <summary>The networks.</summary>
    public required IReadOnlyList<ModelPart> Parts { get; init; }

    /// <summary>Extents of one image or latent.</summary>
    public required DataShape DataShape { get; init; }

    /// <summary>What the images are.</summary>
    public DataSpace DataSpace { get; init; } = DataSpace.Pixel;

    /// <summary>Least noise level that the model takes.</summary>
    public required double SigmaMin { get; init; }

    /// <summary>Greatest noise level that the model takes.</summary>
    public required double SigmaMax { get; init; }

    /// <summary>What a condition of the model is.</summary>
    public required ConditioningKind Conditioning { get; init; }

    /// <summary>Classes, where conditioning is by class label.</summary>
    public int ClassCount { get; init; }

    /// <summary>What it would compute in with the options given.</summary>
    public required torch.ScalarType ComputeType { get; init; }

    /// <summary>Settings that were told by the files, a flag or a default, for people: "attention_order" → "legacy (flag)".</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Parameters of all parts.</summary>
    public long ParameterCount => Parts.Sum(part => part.ParameterCount);

    /// <summary>Bytes of the weights in memory when they are of a type.</summary>
    public long WeightBytes(torch.ScalarType type) => ParameterCount * (type == torch.ScalarType.Float32 ? 4 : 2);
}

using TorchSharp;

namespace Sjc.Diffusion.Checkpoints;

/// <summary>Which files to load as which model, and where to.</summary>
public sealed record ModelLoadOptions
{
    /// <summary>A file or a folder.</summary>
    public required string Path { get; init; }

    /// <summary>One of <c>Networks.ModelFamilies.Kinds</c>; empty: told by the files.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The type that the network computes in: float32, float16 or bfloat16; null: the device's default.</summary>
    public torch.ScalarType? ComputeType { get; init; }

    /// <summary>Where it will run, such as "cpu" or "cuda:0".</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>What the files do not tell, such as <c>attention_order=legacy</c> or <c>config=PATH</c>.</summary>
    public IReadOnlyDictionary<string, string> Flags { get; init; } = new Dictionary<string, string>();

    /// <summary><see cref="ComputeType"/>, or by default float32 on a CPU and float16 on a GPU.</summary>
    public torch.ScalarType EffectiveComputeType =>
        ComputeType ?? (Device.StartsWith("cuda", StringComparison.Ordinal) ? torch.ScalarType.Float16 : torch.ScalarType.Float32);
}

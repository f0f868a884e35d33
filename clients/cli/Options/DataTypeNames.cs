using TorchSharp;

namespace Sjc.Cli.Options;

/// <summary>Element types as people type them.</summary>
internal static class DataTypeNames
{
    /// <summary>The types that networks compute in.</summary>
    public static IReadOnlyList<torch.ScalarType> ComputeTypes { get; } = [torch.ScalarType.Float32, torch.ScalarType.Float16, torch.ScalarType.BFloat16];

    /// <summary>"f32", "f16" or "bf16".</summary>
    public static string NameOf(torch.ScalarType type) => type switch
    {
        torch.ScalarType.Float32 => "f32",
        torch.ScalarType.Float16 => "f16",
        torch.ScalarType.BFloat16 => "bf16",
        _ => type.ToString(),
    };

    /// <summary>The type of one of the names.</summary>
    public static torch.ScalarType Parse(string name) => ComputeTypes.First(type => NameOf(type) == name);
}

using TorchSharp;

namespace Sjc.Diffusion.Checkpoints.Elements;

/// <summary>Sizes of the element types that checkpoints hold.</summary>
internal static class ElementTypes
{
    /// <summary>Bytes of an element.</summary>
    public static int Size(torch.ScalarType type) => type switch
    {
        torch.ScalarType.Float64 or torch.ScalarType.Int64 => 8,
        torch.ScalarType.Float32 or torch.ScalarType.Int32 => 4,
        torch.ScalarType.Float16 or torch.ScalarType.BFloat16 or torch.ScalarType.Int16 => 2,
        _ => 1,
    };
}

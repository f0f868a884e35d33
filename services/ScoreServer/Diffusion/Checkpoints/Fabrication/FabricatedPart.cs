namespace Sjc.Diffusion.Checkpoints.Fabrication;

/// <summary>One network of a fabricated model.</summary>
/// <param name="FileName">Of its weights, within the model's folder.</param>
/// <param name="Tensors">Names and shapes in order of name.</param>
internal sealed record FabricatedPart(string FileName, IReadOnlyList<KeyValuePair<string, IReadOnlyList<long>>> Tensors)
{
    /// <summary>Elements in all.</summary>
    public long ElementCount => Tensors.Sum(tensor => tensor.Value.Aggregate(1L, (product, extent) => product * extent));

    /// <summary>The part that a network asks for while it is built without weights.</summary>
    public static FabricatedPart Of(string fileName, Action<WeightReader> build)
    {
        using ShapeStore nothing = new(fileName, new Dictionary<string, TensorInfo>());
        WeightReader reader = new(nothing, TorchSharp.torch.ScalarType.Float32, TorchSharp.torch.META);
        build(reader);
        reader.Weights.Dispose();
        return new FabricatedPart(fileName, [.. reader.Taken.OrderBy(tensor => tensor.Key, StringComparer.Ordinal)]);
    }
}

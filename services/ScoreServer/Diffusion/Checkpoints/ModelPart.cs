using TorchSharp;

namespace Sjc.Diffusion.Checkpoints;

/// <summary>One network of a model, as its files hold it.</summary>
/// <param name="Name">Such as "unet" or "text encoder".</param>
/// <param name="ParameterCount">Elements of its weights.</param>
/// <param name="StoredTypes">Element types in the file, such as "Float16".</param>
public sealed record ModelPart(string Name, long ParameterCount, string StoredTypes)
{
    /// <summary>The part of a store whose tensors a network uses.</summary>
    /// <param name="name">For people.</param>
    /// <param name="store">Holds the tensors.</param>
    /// <param name="isParameter">Whether a name of the store is a weight of the part; null: all of floating-point types are.</param>
    public static ModelPart Of(string name, ITensorStore store, Func<string, bool>? isParameter = null)
    {
        List<TensorInfo> weights = [.. store.Tensors.Where(tensor => tensor.Value.IsFloatingPoint && (isParameter?.Invoke(tensor.Key) ?? true)).Select(tensor => tensor.Value)];
        IEnumerable<torch.ScalarType> types = weights.Select(weight => weight.DataType).Distinct().Order();
        return new ModelPart(name, weights.Sum(weight => weight.ElementCount), string.Join(", ", types));
    }
}

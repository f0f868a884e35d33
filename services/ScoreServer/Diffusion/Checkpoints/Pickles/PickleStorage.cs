using TorchSharp;

namespace Sjc.Diffusion.Checkpoints.Pickles;

/// <summary>A run of elements in a checkpoint, of which tensors are views.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="ClassName">The storage class, such as "torch.FloatStorage".</param>
/// <param name="DataType">Of the elements; null for a class that is not supported.</param>
/// <param name="ElementCount">As declared in the pickle.</param>
internal sealed record PickleStorage(string Key, string ClassName, torch.ScalarType? DataType, long ElementCount)
{
    /// <summary>Where it begins in what lies under the key, in elements.</summary>
    public long BaseOffset { get; init; }

    /// <summary>The types of the supported storage classes. Quantised and complex ones are not among them.</summary>
    public static torch.ScalarType? TypeOf(string className) => className switch
    {
        "torch.DoubleStorage" => torch.ScalarType.Float64,
        "torch.FloatStorage" => torch.ScalarType.Float32,
        "torch.HalfStorage" => torch.ScalarType.Float16,
        "torch.BFloat16Storage" => torch.ScalarType.BFloat16,
        "torch.LongStorage" => torch.ScalarType.Int64,
        "torch.IntStorage" => torch.ScalarType.Int32,
        "torch.ShortStorage" => torch.ScalarType.Int16,
        "torch.CharStorage" => torch.ScalarType.Int8,
        "torch.ByteStorage" or "torch.UntypedStorage" or "torch.storage.UntypedStorage" => torch.ScalarType.Byte,
        "torch.BoolStorage" => torch.ScalarType.Bool,
        _ => null,
    };
}

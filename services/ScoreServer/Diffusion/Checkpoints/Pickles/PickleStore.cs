using Sjc.Diffusion.Checkpoints.Elements;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Checkpoints.Pickles;

/// <summary>Tensors of a pickle as a store: any dictionary of its tree, or names given to the tensors of a list.</summary>
public sealed class PickleStore : ITensorStore
{
    /// <summary>What a view that repeats elements (stride 0) may have at most: it could describe terabytes otherwise.</summary>
    private const long MaxRepeatedElements = 1 << 24;

    private readonly PickleFile file;
    private readonly Dictionary<string, PickleTensor> views = new(StringComparer.Ordinal);

    /// <summary>A store of the tensors among entries; other plain values are passed over.</summary>
    /// <param name="file">Holds the tensors; the caller disposes it, after the store's last use.</param>
    /// <param name="entries">Such as <see cref="PickleDictionary.Entries"/>.</param>
    /// <exception cref="InvalidDataException">An entry is an object of a class outside the allow-list, or a tensor that its storage does not hold.</exception>
    public PickleStore(PickleFile file, IEnumerable<KeyValuePair<string, object?>> entries)
    {
        this.file = file;
        Dictionary<string, TensorInfo> tensors = new(StringComparer.Ordinal);
        foreach ((string name, object? value) in entries)
        {
            if (value is PickleTensor tensor)
            {
                tensors[name] = Require(name, tensor);
                views[name] = tensor;
            }
            else if (value is PickleObject or PickleGlobal)
            {
                throw PickleGlobals.Refusal($"{name} of {file.Name}", (value as PickleGlobal ?? ((PickleObject)value).Global).FullName);
            }
        }

        Tensors = tensors;
    }

    /// <inheritdoc/>
    public string Name => file.Name;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <inheritdoc/>
    public void CopyTo(string name, Tensor destination)
    {
        if (destination.device_type == DeviceType.META)
        {
            return;
        }

        PickleTensor tensor = views[name];
        ScalarType type = Tensors[name].DataType;
        TensorFill.Fill($"{name} of {Name}", new StridedElements(file.Places, tensor, ElementTypes.Size(type)), type, destination);
        file.Places.Release(tensor.Storage);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private TensorInfo Require(string name, PickleTensor tensor)
    {
        if (tensor.DataType is not { } type || tensor.Storage.DataType is not { } storageType)
        {
            throw new InvalidDataException($"{name} of {Name} must be of a supported type, but is of {tensor.Storage.ClassName}.");
        }

        file.Places.Require(tensor.Storage, storageType);
        string view = $"sizes [{string.Join(", ", tensor.Shape)}], strides [{string.Join(", ", tensor.Strides)}] and offset {tensor.Offset}";
        if (tensor.Offset < 0 || tensor.Shape.Any(extent => extent < 0) || tensor.Strides.Any(stride => stride < 0))
        {
            throw new InvalidDataException($"{name} of {Name} must have no negative size, stride or offset, but has {view}.");
        }

        Int128 count = 1;
        Int128 last = tensor.Offset;
        foreach ((long extent, long stride) in tensor.Shape.Zip(tensor.Strides))
        {
            count = count > long.MaxValue ? count : count * extent;
            last += Int128.Max(0, (Int128)extent - 1) * stride;
        }

        Int128 held = (Int128)tensor.Storage.ElementCount * ElementTypes.Size(storageType) / ElementTypes.Size(type);
        if (count > Int128.Max(held, MaxRepeatedElements))
        {
            throw new InvalidDataException($"{name} of {Name} must have at most the {held} elements of its storage, but has {view}.");
        }

        return count == 0 || last < held
            ? new TensorInfo(type, tensor.Shape)
            : throw new InvalidDataException($"{name} of {Name} must lie inside its storage of {held} elements, but has {view}.");
    }
}

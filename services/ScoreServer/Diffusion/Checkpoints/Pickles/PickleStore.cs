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

        using IDisposable scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        Tensor values = empty(destination.shape, dtype: Tensors[name].DataType);
        Gather(views[name], values.bytes);
        destination.copy_(values);
        file.Places.Release(views[name].Storage);
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

        Int128 held = (Int128)tensor.Storage.ElementCount * StoragePlaces.ElementSize(storageType) / StoragePlaces.ElementSize(type);
        if (count > Int128.Max(held, MaxRepeatedElements))
        {
            throw new InvalidDataException($"{name} of {Name} must have at most the {held} elements of its storage, but has {view}.");
        }

        return count == 0 || last < held
            ? new TensorInfo(type, tensor.Shape)
            : throw new InvalidDataException($"{name} of {Name} must lie inside its storage of {held} elements, but has {view}.");
    }

    private void Gather(PickleTensor tensor, Span<byte> destination)
    {
        int size = StoragePlaces.ElementSize(tensor.DataType!.Value);
        long start = (tensor.Storage.BaseOffset + tensor.Offset) * size;
        if (IsContiguous(tensor))
        {
            file.Places.Bytes(tensor.Storage, start, destination.Length).CopyTo(destination);
            return;
        }

        long[] index = new long[tensor.Shape.Count];
        for (int done = 0; done < destination.Length; done += size)
        {
            long element = 0;
            for (int axis = 0; axis < index.Length; axis++)
            {
                element += index[axis] * tensor.Strides[axis];
            }

            file.Places.Bytes(tensor.Storage, start + (element * size), size).CopyTo(destination[done..]);
            for (int axis = index.Length - 1; axis >= 0 && ++index[axis] == tensor.Shape[axis]; axis--)
            {
                index[axis] = 0;
            }
        }
    }

    private static bool IsContiguous(PickleTensor tensor)
    {
        long expected = 1;
        for (int axis = tensor.Shape.Count - 1; axis >= 0; axis--)
        {
            if (tensor.Shape[axis] != 1 && tensor.Strides[axis] != expected)
            {
                return false;
            }

            expected *= tensor.Shape[axis];
        }

        return true;
    }
}

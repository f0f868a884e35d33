using Sjc.Diffusion.Checkpoints.Elements;

namespace Sjc.Diffusion.Checkpoints.Pickles;

/// <summary>Elements of a storage that a view with any strides selects: contiguous ones are read in place, others gathered into a buffer.</summary>
/// <param name="places">Holds the storage.</param>
/// <param name="tensor">The view, as <see cref="PickleStore"/> checked it.</param>
/// <param name="elementSize">In bytes.</param>
internal sealed class StridedElements(StoragePlaces places, PickleTensor tensor, int elementSize) : IElementSource
{
    private readonly bool isContiguous = IsContiguous(tensor);
    private readonly long start = tensor.Storage.BaseOffset + tensor.Offset;
    private byte[] buffer = [];

    /// <inheritdoc/>
    public bool IsConcurrent => isContiguous && !places.IsCompressed(tensor.Storage);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Read(long first, int count)
    {
        if (isContiguous)
        {
            return places.Bytes(tensor.Storage, (start + first) * elementSize, count * elementSize);
        }

        if (buffer.Length < count * elementSize)
        {
            buffer = new byte[count * elementSize];
        }

        Gather(first, buffer.AsSpan(0, count * elementSize));
        return buffer.AsSpan(0, count * elementSize);
    }

    /// <inheritdoc/>
    public void Release(long first, long count)
    {
        if (isContiguous)
        {
            places.Release(tensor.Storage, (start + first) * elementSize, count * elementSize);
        }
    }

    private void Gather(long first, Span<byte> destination)
    {
        long[] index = IndexOf(first);
        long element = start + index.Zip(tensor.Strides, (i, stride) => i * stride).Sum();
        for (int done = 0; done < destination.Length; done += elementSize)
        {
            places.Bytes(tensor.Storage, element * elementSize, elementSize).CopyTo(destination[done..]);
            for (int axis = index.Length - 1; axis >= 0; axis--)
            {
                element += tensor.Strides[axis];
                if (++index[axis] < tensor.Shape[axis])
                {
                    break;
                }

                element -= tensor.Shape[axis] * tensor.Strides[axis];
                index[axis] = 0;
            }
        }
    }

    private long[] IndexOf(long element)
    {
        long[] index = new long[tensor.Shape.Count];
        for (int axis = index.Length - 1; axis >= 0; axis--)
        {
            (element, index[axis]) = Math.DivRem(element, tensor.Shape[axis]);
        }

        return index;
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

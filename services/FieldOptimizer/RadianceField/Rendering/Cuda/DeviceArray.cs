using System.Runtime.CompilerServices;

namespace Sjc.RadianceField.Rendering.Cuda;

/// <summary>Values in a device's memory, at first zeros. Copies with managed memory wait; copies with pinned memory are for <see cref="IKernelDevice"/>.</summary>
internal sealed class DeviceArray<T>(IKernelDevice device, long length) : IDisposable
    where T : unmanaged
{
    private nint address = device.Allocate(Math.Max(length, 1) * Unsafe.SizeOf<T>());

    /// <summary>Values.</summary>
    public long Length { get; } = length;

    /// <summary>On the device.</summary>
    public nint Address => address != 0 ? address : throw new ObjectDisposedException(nameof(DeviceArray<>));

    /// <summary>Copies values to the front.</summary>
    public unsafe void Write(ReadOnlySpan<T> values)
    {
        if (!HasRoomFor(values.Length))
        {
            return;
        }

        fixed (T* pointer = values)
        {
            device.Upload(Address, (nint)pointer, (long)values.Length * sizeof(T));
            device.Wait();
        }
    }

    /// <summary>Copies values from the front.</summary>
    public unsafe void Read(Span<T> values)
    {
        if (!HasRoomFor(values.Length))
        {
            return;
        }

        fixed (T* pointer = values)
        {
            device.Download((nint)pointer, Address, (long)values.Length * sizeof(T));
            device.Wait();
        }
    }

    /// <summary>Sets all values to zero.</summary>
    public void Clear() => device.Clear(Address, Length * Unsafe.SizeOf<T>());

    /// <inheritdoc/>
    public void Dispose()
    {
        if (address != 0)
        {
            device.Free(address);
            address = 0;
        }
    }

    /// <summary>Whether there is anything to copy; throws where it does not fit.</summary>
    private bool HasRoomFor(int count) =>
        count <= Length ? count > 0 : throw new ArgumentException($"values must have at most {Length} values, but has {count}.");
}

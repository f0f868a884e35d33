namespace Sjc.RadianceField.Rendering.Cuda;

/// <summary>What runs the kernels: a GPU, or in tests the processor. Everything but <see cref="Wait"/> only queues work, done in the order of the calls.</summary>
/// <remarks>Not thread-safe: the caller lets one thread in at a time, whichever it is.</remarks>
internal interface IKernelDevice : IDisposable
{
    /// <summary>Which device this is, for people.</summary>
    string Description { get; }

    /// <summary>How often memory has been allocated, of the device or pinned: stands still once a run is under way.</summary>
    int Allocations { get; }

    /// <summary>Memory of the device, zeros.</summary>
    nint Allocate(long bytes);

    /// <summary>Gives memory of <see cref="Allocate"/> back, once the work queued so far is done.</summary>
    void Free(nint memory);

    /// <summary>Memory of the host that the device can copy from and to without a stop on the way.</summary>
    nint AllocatePinned(long bytes);

    /// <summary>Gives memory of <see cref="AllocatePinned"/> back, once the work queued so far is done.</summary>
    void FreePinned(nint memory);

    /// <summary>From the host to the device.</summary>
    void Upload(nint device, nint host, long bytes);

    /// <summary>From the device to the host.</summary>
    void Download(nint host, nint device, long bytes);

    /// <summary>Sets bytes to zero.</summary>
    void Clear(nint device, long bytes);

    /// <summary>Runs a kernel.</summary>
    /// <param name="kernel">Its name in the sources.</param>
    /// <param name="threads">At least so many threads; the kernel lets those beyond go.</param>
    /// <param name="blockSize">Threads per block.</param>
    /// <param name="arguments">Its one argument.</param>
    void Launch<TArguments>(string kernel, long threads, int blockSize, in TArguments arguments)
        where TArguments : unmanaged;

    /// <summary>Waits for the work queued so far.</summary>
    void Wait();
}

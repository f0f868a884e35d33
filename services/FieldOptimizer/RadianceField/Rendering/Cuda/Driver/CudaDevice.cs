using System.Runtime.CompilerServices;

namespace Sjc.RadianceField.Rendering.Cuda.Driver;

/// <summary>A GPU: its primary context, the kernels compiled for it, and one stream on which everything is queued.</summary>
/// <remarks>The context is made current for the length of each call, so that any thread may call.</remarks>
internal sealed unsafe class CudaDevice : IKernelDevice
{
    private readonly int device;
    private readonly string name;
    private readonly nint context;
    private readonly nint module;
    private readonly nint stream;
    private readonly Dictionary<string, nint> functions = [];
    private readonly HashSet<nint> allocated = [];
    private readonly HashSet<nint> pinned = [];
    private bool isDisposed;

    /// <summary>Opens a device, and compiles the kernels where the cache has them not.</summary>
    /// <param name="ordinal">From 0.</param>
    /// <param name="cache">Of compiled kernels.</param>
    /// <exception cref="CudaException">A call of the driver or of NVRTC failed.</exception>
    /// <exception cref="DllNotFoundException">There is no driver or no NVRTC.</exception>
    public CudaDevice(int ordinal, KernelCache cache)
    {
        name = $"cuda:{ordinal}";
        Check(CudaDriver.cuInit(0), "cuInit", "starting");
        Check(CudaDriver.cuDeviceGet(out device, ordinal), "cuDeviceGet", "looking for");
        Description = $"{name} ({CudaDevices.NameOf(device)})";
        Check(CudaDriver.cuDevicePrimaryCtxRetain(out context, device), "cuDevicePrimaryCtxRetain", "taking the primary context of");
        try
        {
            using Current current = new(this);
            Check(CudaDriver.cuStreamCreate(out stream, CudaDriver.StreamNonBlocking), "cuStreamCreate", "making a stream on");
            module = LoadKernels(cache);
        }
        catch
        {
            GiveBack(); // the caller gets no object to dispose of
            throw;
        }
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public int Allocations { get; private set; }

    /// <inheritdoc/>
    public nint Allocate(long bytes)
    {
        using Current current = new(this);
        Allocations++;
        Check(CudaDriver.cuMemAlloc_v2(out nint memory, (nuint)bytes), "cuMemAlloc", $"allocating {bytes} bytes on");
        allocated.Add(memory);
        Check(CudaDriver.cuMemsetD8Async(memory, 0, (nuint)bytes, stream), "cuMemsetD8Async", $"clearing {bytes} bytes on");
        return memory;
    }

    /// <inheritdoc/>
    public void Free(nint memory)
    {
        using Current current = new(this);
        Wait();
        allocated.Remove(memory);
        Check(CudaDriver.cuMemFree_v2(memory), "cuMemFree", "freeing memory of");
    }

    /// <inheritdoc/>
    public nint AllocatePinned(long bytes)
    {
        using Current current = new(this);
        Allocations++;
        Check(CudaDriver.cuMemAllocHost_v2(out nint memory, (nuint)bytes), "cuMemAllocHost", $"allocating {bytes} pinned bytes for");
        pinned.Add(memory);
        return memory;
    }

    /// <inheritdoc/>
    public void FreePinned(nint memory)
    {
        using Current current = new(this);
        Wait();
        pinned.Remove(memory);
        Check(CudaDriver.cuMemFreeHost(memory), "cuMemFreeHost", "freeing pinned memory of");
    }

    /// <inheritdoc/>
    public void Upload(nint device, nint host, long bytes)
    {
        using Current current = new(this);
        Check(CudaDriver.cuMemcpyHtoDAsync_v2(device, host, (nuint)bytes, stream), "cuMemcpyHtoDAsync", $"copying {bytes} bytes to");
    }

    /// <inheritdoc/>
    public void Download(nint host, nint device, long bytes)
    {
        using Current current = new(this);
        Check(CudaDriver.cuMemcpyDtoHAsync_v2(host, device, (nuint)bytes, stream), "cuMemcpyDtoHAsync", $"copying {bytes} bytes from");
    }

    /// <summary>Within the device.</summary>
    public void Copy(nint to, nint from, long bytes)
    {
        using Current current = new(this);
        Check(CudaDriver.cuMemcpyDtoDAsync_v2(to, from, (nuint)bytes, stream), "cuMemcpyDtoDAsync", $"copying {bytes} bytes on");
    }

    /// <inheritdoc/>
    public void Clear(nint device, long bytes)
    {
        if (bytes > 0)
        {
            using Current current = new(this);
            Check(CudaDriver.cuMemsetD8Async(device, 0, (nuint)bytes, stream), "cuMemsetD8Async", $"clearing {bytes} bytes on");
        }
    }

    /// <inheritdoc/>
    public void Launch<TArguments>(string kernel, long threads, int blockSize, in TArguments arguments)
        where TArguments : unmanaged
    {
        if (threads == 0)
        {
            return; // the driver refuses a grid without blocks
        }

        using Current current = new(this);
        if (!functions.TryGetValue(kernel, out nint function))
        {
            Check(CudaDriver.cuModuleGetFunction(out function, module, kernel), "cuModuleGetFunction", $"looking for the kernel {kernel} on");
            functions.Add(kernel, function);
        }

        // The driver copies the argument before it returns.
        fixed (TArguments* pointer = &arguments)
        {
            void* argument = pointer;
            uint blocks = checked((uint)((threads + blockSize - 1) / blockSize));
            int code = CudaDriver.cuLaunchKernel(function, blocks, 1, 1, (uint)blockSize, 1, 1, 0, stream, &argument, null);
            Check(code, "cuLaunchKernel", $"launching {kernel} ({blocks} blocks of {blockSize}) on");
        }
    }

    /// <inheritdoc/>
    public void Wait()
    {
        using Current current = new(this);
        Check(CudaDriver.cuStreamSynchronize(stream), "cuStreamSynchronize", "waiting for");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isDisposed)
        {
            return;
        }

        isDisposed = true;
        GiveBack();
    }

    /// <summary>Gives everything back, also what a constructor that failed half-way has left. Errors of work that went before were reported where it was
    /// waited for; a device that has failed may refuse any of these calls, and the others are made all the same.</summary>
    private void GiveBack()
    {
        bool isCurrent = CudaDriver.cuCtxPushCurrent_v2(context) == 0;
        if (stream != 0)
        {
            _ = CudaDriver.cuStreamSynchronize(stream);
        }

        foreach (nint memory in allocated)
        {
            _ = CudaDriver.cuMemFree_v2(memory);
        }

        foreach (nint memory in pinned)
        {
            _ = CudaDriver.cuMemFreeHost(memory);
        }

        if (module != 0)
        {
            _ = CudaDriver.cuModuleUnload(module);
        }

        if (stream != 0)
        {
            _ = CudaDriver.cuStreamDestroy_v2(stream);
        }

        if (isCurrent)
        {
            _ = CudaDriver.cuCtxPopCurrent_v2(out _);
        }

        _ = CudaDriver.cuDevicePrimaryCtxRelease_v2(device);
    }

    private nint LoadKernels(KernelCache cache)
    {
        Check(CudaDriver.cuDriverGetVersion(out int driver), "cuDriverGetVersion", "asking for the version of");
        int architecture = CudaDevices.ArchitectureOf(device);
        Version compiler = KernelCompiler.Version();
        IReadOnlyList<string> options = KernelCompiler.Options(architecture, KernelCompiler.SupportedArchitectures(), compiler);
        string key = KernelCache.Key(KernelSources.Text, options, compiler.ToString(), driver, architecture);
        if (cache.Read(key) is { } kept)
        {
            if (TryLoad(kept, out nint known) == 0)
            {
                return known;
            }

            cache.Delete(key);
        }

        byte[] image = KernelCompiler.Compile(KernelSources.Text, options);
        Check(TryLoad(image, out nint loaded), "cuModuleLoadData", $"loading the compiled kernels ({image.Length} bytes) on");
        cache.TryWrite(key, image);
        return loaded;
    }

    private static int TryLoad(byte[] image, out nint module)
    {
        fixed (byte* pointer = image)
        {
            return CudaDriver.cuModuleLoadData(out module, pointer);
        }
    }

    private void Check(int code, string call, [InterpolatedStringHandlerArgument(nameof(code))] FailureText doing, [CallerMemberName] string member = "")
    {
        if (code != 0)
        {
            CudaException.ThrowIfFailed(code, call, $"{doing.ToString()} {name} ({member})");
        }
    }

    private void Check(int code, string call, string doing, [CallerMemberName] string member = "")
    {
        if (code != 0)
        {
            CudaException.ThrowIfFailed(code, call, $"{doing} {name} ({member})");
        }
    }

    /// <summary>The device's context as this thread's, until it is disposed of.</summary>
    private readonly ref struct Current : IDisposable
    {
        public Current(CudaDevice device) =>
            device.Check(CudaDriver.cuCtxPushCurrent_v2(device.context), "cuCtxPushCurrent", "using");

        public void Dispose() => CudaDriver.cuCtxPopCurrent_v2(out _);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering.Cuda;

namespace Sjc.RadianceField.Tests.Rendering.Cuda;

/// <summary>The processor in place of a GPU. Memory has guards at both ends; its values start as the interface says, as zeros.</summary>
internal sealed unsafe class ShimDevice : IKernelDevice
{
    private const int GuardBytes = 64;
    private const byte Guard = 0xA5;

    private readonly nint library;
    private readonly Dictionary<nint, long> allocated = [];

    /// <param name="backwards">Runs every kernel's threads in the reverse order.</param>
    /// <param name="vectorReductions">As compiled for devices that add four floats at once.</param>
    public ShimDevice(bool backwards = false, bool vectorReductions = false)
    {
        library = ShimLibrary.Load(vectorReductions);
        Backwards = backwards;
    }

    /// <summary>A renderer of one view of the scene's field on such a device.</summary>
    public static CudaTrainingRenderer Renderer(TestScene scene, bool deterministic) =>
        new(new ShimDevice(), scene.Field, new AdamaxState(scene.Field), 1, deterministic);

    public string Description => "g++";

    public bool Backwards { get; }

    /// <summary>A kernel that is not run.</summary>
    public string? Omitted { get; init; }

    /// <summary>The kernels that ran, and "up", "down" and "wait".</summary>
    public List<string> Calls { get; } = [];

    public int Allocations { get; private set; }

    public nint Allocate(long bytes)
    {
        Allocations++;
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)(bytes + (2 * GuardBytes)), GuardBytes);
        NativeMemory.Fill(memory, GuardBytes, Guard);
        NativeMemory.Clear(memory + GuardBytes, (nuint)bytes);
        NativeMemory.Fill(memory + GuardBytes + bytes, GuardBytes, Guard);
        allocated.Add((nint)(memory + GuardBytes), bytes);
        return (nint)(memory + GuardBytes);
    }

    public void Free(nint memory)
    {
        Assert.True(allocated.Remove(memory, out long bytes), "Memory must be freed once.");
        byte* start = (byte*)memory - GuardBytes;
        for (int i = 0; i < GuardBytes; i++)
        {
            Assert.True(start[i] == Guard && start[GuardBytes + bytes + i] == Guard, $"A kernel wrote beside its array of {bytes} bytes.");
        }

        NativeMemory.AlignedFree(start);
    }

    public nint AllocatePinned(long bytes) => Allocate(bytes);

    public void FreePinned(nint memory) => Free(memory);

    public void Upload(nint device, nint host, long bytes)
    {
        Calls.Add("up");
        Buffer.MemoryCopy((void*)host, (void*)device, bytes, bytes);
    }

    public void Download(nint host, nint device, long bytes)
    {
        Calls.Add("down");
        Buffer.MemoryCopy((void*)device, (void*)host, bytes, bytes);
    }

    public void Clear(nint device, long bytes) => NativeMemory.Clear((void*)device, (nuint)bytes);

    public void Launch<TArguments>(string kernel, long threads, int blockSize, in TArguments arguments)
        where TArguments : unmanaged
    {
        Calls.Add(kernel);
        if (kernel == Omitted)
        {
            return;
        }

        delegate* unmanaged<void*, uint, uint, int, void> launch = (delegate* unmanaged<void*, uint, uint, int, void>)NativeLibrary.GetExport(library, $"launch_{kernel}");
        launch(Unsafe.AsPointer(ref Unsafe.AsRef(in arguments)), (uint)((threads + blockSize - 1) / blockSize), (uint)blockSize, Backwards ? 1 : 0);
    }

    public void Wait() => Calls.Add("wait");

    public void Dispose() => Assert.True(allocated.Count == 0, $"All memory must be freed, but {allocated.Count} arrays are not.");
}

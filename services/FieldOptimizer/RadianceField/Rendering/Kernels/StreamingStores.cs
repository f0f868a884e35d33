using System.Runtime.Intrinsics.X86;
using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Stores past the caches (<see cref="ILanes{TSelf}.StoreStreaming"/>) are not ordered with later ones.</summary>
internal static class StreamingStores
{
    /// <summary>What this thread has stored is there for whoever synchronises with it later.</summary>
    public static void Finish()
    {
        if (Sse.IsSupported)
        {
            Sse.StoreFence();
        }
        else
        {
            Interlocked.MemoryBarrier();
        }
    }
}

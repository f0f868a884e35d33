using System.Runtime.CompilerServices;

namespace Sjc.Diffusion.Tests;

/// <summary>Loads libtorch before any test, so that SJC_LIBTORCH holds for tests that use torch directly too. One thread an operation:
/// tests run side by side, and their networks are small.</summary>
internal static class TorchInitialization
{
    [ModuleInitializer]
    internal static void Run() => TorchRuntime.Initialize(threads: 1);
}

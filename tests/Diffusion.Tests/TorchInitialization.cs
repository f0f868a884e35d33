using System.Runtime.CompilerServices;

namespace Sjc.Diffusion.Tests;

/// <summary>Loads libtorch before any test, so that SJC_LIBTORCH holds for tests that use torch directly too.</summary>
internal static class TorchInitialization
{
    [ModuleInitializer]
    internal static void Run() => TorchRuntime.Initialize();
}

using System.Globalization;
using Sjc.RadianceField.Rendering.Cuda;
using Sjc.RadianceField.Rendering.Cuda.Driver;

namespace Sjc.RadianceField.Rendering;

/// <summary>Where to render: <c>auto</c>, <c>cpu</c> or <c>cuda:N</c>.</summary>
/// <param name="IsAuto">The first GPU that passes a check, else the processor.</param>
/// <param name="CudaDevice">N of cuda:N; null: the processor.</param>
public readonly record struct RendererChoice(bool IsAuto, int? CudaDevice)
{
    private const string CudaPrefix = "cuda:";

    /// <summary>Reads a choice.</summary>
    /// <returns>Whether the text is one.</returns>
    public static bool TryParse(string? text, out RendererChoice choice)
    {
        choice = new(text == "auto", null);
        if (text is "auto" or "cpu")
        {
            return true;
        }

        bool isDevice = text is not null && text.StartsWith(CudaPrefix, StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(CudaPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal) && ordinal < 1024;
        choice = isDevice ? new(false, int.Parse(text.AsSpan(CudaPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture)) : default;
        return isDevice;
    }

    /// <summary>Looks for the device and lets a small render there agree with the processor's, which compiles the kernels if need be.</summary>
    /// <exception cref="ArgumentException">A GPU is named and cannot be used.</exception>
    public ResolvedRenderer Resolve() =>
        IsAuto || CudaDevice is not null ? Resolve(CudaDevices.Probe(), ordinal => CudaSelfCheck.Run(() => new CudaDevice(ordinal, KernelCache.Default))) : new(null, "cpu");

    /// <inheritdoc/>
    public override string ToString() => IsAuto ? "auto" : CudaDevice is { } ordinal ? $"{CudaPrefix}{ordinal}" : "cpu";

    /// <param name="probe">What is there.</param>
    /// <param name="check">What is wrong with a device; empty: nothing.</param>
    internal ResolvedRenderer Resolve(CudaProbe probe, Func<int, string> check)
    {
        int ordinal = CudaDevice ?? 0;
        string failure = !probe.IsUsable ? probe.Failure
            : ordinal >= probe.Devices.Count ? $"the driver knows {probe.Devices.Count} devices"
            : check(ordinal);
        if (failure.Length == 0)
        {
            return new(ordinal, $"cuda:{ordinal} ({probe.Devices[ordinal].Name}, driver for CUDA {probe.DriverVersion}, NVRTC {probe.CompilerVersion})");
        }

        return IsAuto ? new(null, $"cpu (no GPU: {failure})") : throw new ArgumentException($"Renderer must be a usable GPU, but is {this}: {failure}.");
    }
}

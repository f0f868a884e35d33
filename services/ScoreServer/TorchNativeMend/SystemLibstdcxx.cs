using System.Runtime.InteropServices;
using System.Text;

namespace Sjc.TorchNativeMend;

/// <summary>The libstdc++ that this system's loader finds.</summary>
public static class SystemLibstdcxx
{
    /// <summary>Whether the loaded libstdc++.so.6 defines a symbol version such as GLIBCXX_3.4.32.</summary>
    public static bool ProvidesVersion(string version)
    {
        if (!NativeLibrary.TryLoad("libstdc++.so.6", out _))
        {
            return false;
        }

        string? path = File.ReadLines("/proc/self/maps")
            .Select(line => line[(line.LastIndexOf(' ') + 1)..])
            .FirstOrDefault(line => Path.GetFileName(line).StartsWith("libstdc++.so.6", StringComparison.Ordinal));
        return path is not null && File.ReadAllBytes(path).AsSpan().IndexOf(Encoding.ASCII.GetBytes(version + "\0")) >= 0;
    }
}

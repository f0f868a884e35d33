using System.Collections.Concurrent;

namespace Sjc.ScoreServer.Models;

/// <summary>The threads of all devices in use.</summary>
internal sealed class DeviceThreads : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<DeviceThread>> _threads = new(StringComparer.Ordinal);

    /// <summary>The thread of a device, started when it is first asked for.</summary>
    public DeviceThread Of(string device) => _threads.GetOrAdd(device, name => new(() => new DeviceThread(name))).Value;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Lazy<DeviceThread> thread in _threads.Values)
        {
            thread.Value.Dispose();
        }
    }
}

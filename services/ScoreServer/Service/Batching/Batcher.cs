using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Sjc.ScoreServer.Models;
using Sjc.ScoreServer.Telemetry;

namespace Sjc.ScoreServer.Batching;

/// <summary>Hands work to the batcher of its model's device.</summary>
internal sealed class Batcher(IOptions<BatchingOptions> options, TimeProvider time, ScoreServerMetrics metrics, ILogger<DeviceBatcher> logger)
{
    private readonly ConcurrentDictionary<DeviceThread, Lazy<DeviceBatcher>> _devices = [];

    /// <summary>Most rows that one request may have.</summary>
    public int MaxRowsPerRequest => options.Value.QueueCapacityRows;

    /// <summary>The batcher of a model's device.</summary>
    public DeviceBatcher Of(LoadedModel model) =>
        _devices.GetOrAdd(model.Thread, static (thread, self) => new(() => self.Create(thread)), this).Value;

    private DeviceBatcher Create(DeviceThread thread)
    {
        DeviceBatcher batcher = new(thread, options.Value, time, metrics, logger);
        metrics.ObserveQueue(thread.Device, () => batcher.QueuedRows);
        return batcher;
    }
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Sjc.ScoreServer.Models;
using Sjc.ScoreServer.Telemetry;

namespace Sjc.ScoreServer.Batching;

/// <summary>Hands work to the batcher of its model's device.</summary>
internal sealed class Batcher(
    IOptions<BatchingOptions> options, TenantShares shares, BatchClock clock, TimeProvider time, RowIndependence independence, ScoreServerMetrics metrics, ILogger<DeviceBatcher> logger)
{
    private readonly ConcurrentDictionary<DeviceThread, Lazy<DeviceBatcher>> _devices = [];

    /// <summary>Most rows that one request may have.</summary>
    public int MaxRowsPerRequest => Math.Min(options.Value.QueueCapacityRows, options.Value.TenantCapacityRows);

    /// <summary>Rows that a queue holds.</summary>
    public int CapacityRows => options.Value.QueueCapacityRows;

    /// <summary>Rows that a tenant may have in a queue.</summary>
    public int CapacityOf(string tenant) => shares.Of(tenant).CapacityRows;

    /// <summary>The batcher of a model's device.</summary>
    public DeviceBatcher Of(LoadedModel model) =>
        _devices.GetOrAdd(model.Thread, static (thread, self) => new(() => self.Create(thread)), this).Value;

    /// <summary>The batcher of a device by its name, such as "cuda:0"; null until something was asked of it.</summary>
    public DeviceBatcher? Find(string device) => _devices.FirstOrDefault(pair => pair.Key.Device == device).Value?.Value;

    /// <summary>Rows of passes that deterministic requests of a model may share; none: each has passes of its own.</summary>
    public Task<IReadOnlyList<int>> PassSizesAsync(LoadedModel model) => independence.OfAsync(model);

    private DeviceBatcher Create(DeviceThread thread) => new(thread, options.Value, shares.Of, clock, time, metrics, logger);
}

using System.Diagnostics.Metrics;
using Sjc.ScoreServer.Models;
using Sjc.ScoreServer.Telemetry;

namespace Sjc.ScoreServer.Batching;

/// <summary>How much waits for each device that a model is meant for, from the start on: an autoscaler that finds no figure does nothing.</summary>
internal sealed class QueueMetrics(ScoreServerMetrics metrics, Batcher batcher, ModelCatalogue catalogue) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.Observe("sjc.score.queue.rows", "{row}", "Rows that wait for a device.", () => Devices(queue => queue?.QueuedRows ?? 0));
        metrics.Observe("sjc.score.queue.age", "s", "How long the oldest request has waited.", () => Devices(queue => queue?.QueueAge.TotalSeconds ?? 0));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Measurement<T>> Devices<T>(Func<DeviceBatcher?, T> value)
        where T : struct => catalogue.Models.Select(model => model.Options.Device).Distinct()
            .Select(device => new Measurement<T>(value(batcher.Find(device)), new KeyValuePair<string, object?>("device", device)));
}

using System.Diagnostics.Metrics;
using Sjc.ScoreServer.Models;

namespace Sjc.ScoreServer.Telemetry;

/// <summary>Figures that others keep: models, their devices' memory, encoded prompts.</summary>
internal sealed class StateMetrics(ScoreServerMetrics metrics, ModelCatalogue catalogue, PromptCache prompts) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.Observe("sjc.score.model.ready", "{model}", "1 where a model is loaded and warm, else 0.", () => Models(model => model.Loaded is null ? 0 : 1));
        metrics.Observe("sjc.score.model.load.duration", "s", "How long a model took to load and to warm up.", () => Models(model => model.LoadTime.TotalSeconds));
        metrics.Observe<int>("sjc.score.prompt.cache.entries", "{prompt}", "Encoded prompts that are held.", () => [new Measurement<int>(prompts.Count)]);
        metrics.ObserveCount("sjc.score.prompt.cache.hits", "{prompt}", "Prompts and handles that were held.", () => prompts.Hits);
        metrics.ObserveCount("sjc.score.prompt.cache.misses", "{prompt}", "Prompts and handles that were not.", () => prompts.Misses);
        metrics.Observe("sjc.score.device.memory.used", "By", "Memory in use on a device: of a GPU as the driver tells, of the CPU this process's.", DeviceMemory.Used);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Measurement<T>> Models<T>(Func<ServedModel, T> value)
        where T : struct => catalogue.Models.Select(model => new Measurement<T>(value(model), new KeyValuePair<string, object?>("model", model.Options.Name)));
}

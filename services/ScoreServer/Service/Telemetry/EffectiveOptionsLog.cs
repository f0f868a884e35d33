using System.Text.Json;
using Microsoft.Extensions.Options;
using Sjc.ScoreServer.Api;
using Sjc.ScoreServer.Batching;
using Sjc.ScoreServer.Models;

namespace Sjc.ScoreServer.Telemetry;

/// <summary>Says once, on start, with which settings the server runs.</summary>
internal sealed partial class EffectiveOptionsLog(
    IOptions<CatalogueOptions> catalogue, IOptions<BatchingOptions> batching, IOptions<ApiOptions> api, ILogger<EffectiveOptionsLog> logger) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        string settings = JsonSerializer.Serialize(new { Catalogue = catalogue.Value, Batching = batching.Value, Api = api.Value });
        LogSettings(settings);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Settings: {Settings}.")]
    private partial void LogSettings(string settings);
}

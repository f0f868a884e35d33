using Microsoft.Extensions.Diagnostics.HealthChecks;
using Sjc.ScoreServer.Models;

namespace Sjc.ScoreServer.Telemetry;

/// <summary>Healthy once every model of the start is loaded and warm.</summary>
internal sealed class ModelsHealthCheck(ModelCatalogue catalogue) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(catalogue.IsReady ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("Models are being loaded."));
}

using Microsoft.Extensions.Options;
using Sjc.Client;
using Sjc.Telemetry;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>Says once, on start, with which settings the server runs.</summary>
internal sealed partial class EffectiveOptionsLog(
    IOptions<OptimizerOptions> optimizer, IOptions<ServiceClientOptions> scorer, IOptions<OtlpOptions> telemetry, JobRenderer renderer, ILogger<EffectiveOptionsLog> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        LogOptions(optimizer.Value, scorer.Value, telemetry.Value);
        renderer.CheckNamedDevice();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Settings: {Optimizer}, scorer: {Scorer}, telemetry: {Telemetry}.")]
    private partial void LogOptions(OptimizerOptions optimizer, ServiceClientOptions scorer, OtlpOptions telemetry);
}

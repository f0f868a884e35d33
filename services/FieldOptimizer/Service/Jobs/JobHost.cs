using Microsoft.Extensions.Options;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>Takes up the stored jobs at start, and stops them with checkpoints at the end.</summary>
internal sealed partial class JobHost(
    JobCatalog catalog, JobRunner runner, IHostApplicationLifetime lifetime, TimeProvider time, IOptions<OptimizerOptions> options, ILogger<JobHost> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Jobs stop at the first sign of the end, while open calls are still being ended.
        lifetime.ApplicationStopping.Register(runner.BeginStop);
        catalog.Load();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        runner.BeginStop();
        try
        {
            await runner.WhenIdleAsync().WaitAsync(options.Value.StopTimeout, time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            LogStillRunning(options.Value.StopTimeout.TotalSeconds);
        }
    }

    [LoggerMessage(EventId = 130, Level = LogLevel.Warning, Message = "Jobs are still running {Seconds:0} s after they were told to stop; they will go on from their last checkpoints.")]
    private partial void LogStillRunning(double seconds);
}

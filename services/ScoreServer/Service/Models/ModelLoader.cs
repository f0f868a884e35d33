namespace Sjc.ScoreServer.Models;

/// <summary>Loads the models of the start while the server already listens; if one cannot be loaded the server stops.</summary>
internal sealed partial class ModelLoader(ModelCatalogue catalogue, IHostApplicationLifetime lifetime, ILogger<ModelLoader> logger) : BackgroundService
{
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when all models of the start are ready, or with why one is not.</summary>
    public Task Loaded => _loaded.Task;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        foreach (ServedModel model in catalogue.Models.Where(model => model.Options.Load == ModelLoading.OnStart))
        {
            try
            {
                await model.LoadAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                _loaded.TrySetCanceled(stoppingToken);
                return;
            }
#pragma warning disable CA1031 // Whatever keeps a model from loading stops the server, with the reason in the log.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogLoadFailed(exception, model.Options.Name);
                _loaded.TrySetException(exception);
                lifetime.ApplicationStarted.Register(lifetime.StopApplication); // at once, or when it listens: a start that is cut off would hide the reason
                return;
            }
        }

        _loaded.TrySetResult();
    }

    [LoggerMessage(EventId = 110, Level = LogLevel.Critical, Message = "Model {Model} cannot be loaded; the server stops.")]
    private partial void LogLoadFailed(Exception exception, string model);
}

using System.Diagnostics;

namespace Sjc.ScoreServer.Models;

/// <summary>An entry of the catalogue, loaded or not, and who uses it.</summary>
/// <param name="options">Its configuration.</param>
/// <param name="summary">One line for people.</param>
/// <param name="load">Loads it and warms it up.</param>
/// <param name="unload">Frees what <paramref name="load"/> made.</param>
internal sealed class ServedModel(ModelOptions options, string summary, Func<Task<LoadedModel>> load, Func<LoadedModel, Task> unload)
{
    private readonly Lock _gate = new();
    private Task<LoadedModel>? _loading;
    private Task? _unloading;
    private TaskCompletionSource? _drained;
    private int _uses;

    public ModelOptions Options { get; } = options;

    public string Summary { get; } = summary;

    /// <summary>How it stands.</summary>
    public ModelState State
    {
        get
        {
            lock (_gate)
            {
                return _unloading is { IsCompleted: false } ? ModelState.Unloading
                    : _unloading is not null ? ModelState.Unloaded
                    : _loading is null ? ModelState.Waiting
                    : _loading.IsCompletedSuccessfully ? ModelState.Ready
                    : _loading.IsCompleted ? ModelState.Failed
                    : ModelState.Loading;
            }
        }
    }

    /// <summary>The model, once it is loaded; else null.</summary>
    public LoadedModel? Loaded
    {
        get
        {
            lock (_gate)
            {
                return _unloading is null && _loading is { IsCompletedSuccessfully: true } loading ? loading.Result : null;
            }
        }
    }

    /// <summary>Whether it has been ready at any time.</summary>
    public bool WasReady { get; private set; }

    /// <summary>How long the latest load took; zero until there was one.</summary>
    public TimeSpan LoadTime { get; private set; }

    /// <summary>Requests that use it now.</summary>
    public int Uses
    {
        get
        {
            lock (_gate)
            {
                return _uses;
            }
        }
    }

    /// <summary>Why the last load failed; empty otherwise.</summary>
    public string Error
    {
        get
        {
            lock (_gate)
            {
                return _loading is { IsFaulted: true } failed ? failed.Exception.InnerException!.Message : "";
            }
        }
    }

    /// <summary>The model for one request, loaded now if it is not yet; a load that failed is tried again. It is not unloaded before the use ends.</summary>
    /// <exception cref="ModelUnloadedException">An operator has unloaded it.</exception>
    public async Task<ModelUse> UseAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            LoadedModel model = await GetAsync(isOperator: false).WaitAsync(cancellationToken);
            lock (_gate)
            {
                if (_unloading is null)
                {
                    _uses++;
                    return new ModelUse(model, EndUse);
                }
            }
        }
    }

    /// <summary>Loads the model if it is not loaded, after whatever unloads it.</summary>
    /// <returns>Ends when it is ready, or with why it is not.</returns>
    public async Task<LoadedModel> LoadAsync(CancellationToken cancellationToken)
    {
        Task? unloading;
        lock (_gate)
        {
            unloading = _unloading;
        }

        if (unloading is not null)
        {
            await unloading.WaitAsync(cancellationToken);
        }

        return await GetAsync(isOperator: true).WaitAsync(cancellationToken);
    }

    /// <summary>Ends when nothing is being loaded, however that went.</summary>
    public async Task SettleAsync()
    {
        Task? loading;
        lock (_gate)
        {
            loading = _loading;
        }

        await (loading ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Refuses new uses, waits for those that there are, and frees the model; what is being loaded is loaded first.</summary>
    public Task UnloadAsync()
    {
        lock (_gate)
        {
            return _unloading ??= _loading is { IsFaulted: false, IsCanceled: false } loading ? RunUnloadAsync(loading) : Task.CompletedTask;
        }
    }

    private Task<LoadedModel> GetAsync(bool isOperator)
    {
        lock (_gate)
        {
            if (_unloading is not null && !(isOperator && _unloading.IsCompleted))
            {
                throw new ModelUnloadedException(Options.Name);
            }

            if (_loading is null or { IsFaulted: true } or { IsCanceled: true } || _unloading is not null)
            {
                _unloading = null;
                _loading = RunLoadAsync();
            }

            return _loading;
        }
    }

    private async Task<LoadedModel> RunLoadAsync()
    {
        long start = Stopwatch.GetTimestamp();
        LoadedModel model = await load();
        LoadTime = Stopwatch.GetElapsedTime(start);
        WasReady = true;
        return model;
    }

    private async Task RunUnloadAsync(Task<LoadedModel> loading)
    {
        await Task.Yield(); // The gate is held.
        LoadedModel model;
        try
        {
            model = await loading;
        }
#pragma warning disable CA1031 // Whoever loads it is told; what was not loaded need not be unloaded.
        catch (Exception)
#pragma warning restore CA1031
        {
            return;
        }

        Task drained = Task.CompletedTask;
        lock (_gate)
        {
            if (_uses > 0)
            {
                _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                drained = _drained.Task;
            }
        }

        await drained;
        lock (_gate)
        {
            _loading = null;
        }

        await unload(model);
    }

    private void EndUse()
    {
        lock (_gate)
        {
            if (--_uses == 0)
            {
                _drained?.TrySetResult();
            }
        }
    }
}

using System.Diagnostics;

namespace Sjc.ScoreServer.Models;

/// <summary>An entry of the catalogue, loaded or not.</summary>
/// <param name="options">Its configuration.</param>
/// <param name="summary">One line for people.</param>
/// <param name="load">Loads it and warms it up.</param>
internal sealed class ServedModel(ModelOptions options, string summary, Func<Task<LoadedModel>> load)
{
    private readonly Lock _gate = new();
    private Task<LoadedModel>? _loading;

    public ModelOptions Options { get; } = options;

    public string Summary { get; } = summary;

    /// <summary>The model, once it is loaded; else null.</summary>
    public LoadedModel? Loaded => _loading is { IsCompletedSuccessfully: true } loading ? loading.Result : null;

    /// <summary>How long the latest load took; zero until there was one.</summary>
    public TimeSpan LoadTime { get; private set; }

    /// <summary>The model, which is loaded now if it is not yet; a load that failed is tried again.</summary>
    public Task<LoadedModel> GetAsync()
    {
        if (_loading is { IsCompletedSuccessfully: true } loaded)
        {
            return loaded;
        }

        lock (_gate)
        {
            if (_loading is null or { IsFaulted: true } or { IsCanceled: true })
            {
                _loading = LoadAsync();
            }

            return _loading;
        }
    }

    private async Task<LoadedModel> LoadAsync()
    {
        long start = Stopwatch.GetTimestamp();
        LoadedModel model = await load();
        LoadTime = Stopwatch.GetElapsedTime(start);
        return model;
    }
}

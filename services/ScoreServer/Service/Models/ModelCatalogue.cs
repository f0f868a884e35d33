using System.Diagnostics;
using Microsoft.Extensions.Options;
using Sjc.Diffusion;
using static TorchSharp.torch;

namespace Sjc.ScoreServer.Models;

/// <summary>The models that this server holds, in the order of its configuration.</summary>
internal sealed partial class ModelCatalogue : IDisposable
{
    private readonly CatalogueOptions _options;
    private readonly DeviceThreads _threads;
    private readonly ILogger<ModelCatalogue> _logger;
    private readonly Dictionary<string, ServedModel> _byName;

    public ModelCatalogue(IOptions<CatalogueOptions> options, IEnumerable<IModelFactory> factories, DeviceThreads threads, ILogger<ModelCatalogue> logger)
    {
        _options = options.Value;
        _threads = threads;
        _logger = logger;
        Dictionary<string, IModelFactory> byKind = factories.ToDictionary(factory => factory.Kind, StringComparer.Ordinal);
        IEnumerable<ModelOptions> configured = _options.Models.Count > 0 ? _options.Models : CatalogueOptions.Shipped;
        Models = [.. configured.Select(model => Serve(model, byKind))];
        _byName = Models.ToDictionary(model => model.Options.Name, StringComparer.Ordinal);
    }

    /// <summary>In the order of the configuration.</summary>
    public IReadOnlyList<ServedModel> Models { get; }

    /// <summary>The names, for messages.</summary>
    public string KnownNames => string.Join(", ", Models.Select(model => model.Options.Name));

    /// <summary>Whether every model that is to be loaded on start is ready.</summary>
    public bool IsReady => Models.All(model => model.Options.Load == ModelLoading.OnFirstUse || model.Loaded is not null);

    /// <summary>The model of a name; null where there is none.</summary>
    public ServedModel? Find(string name) => _byName.GetValueOrDefault(name);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (LoadedModel model in Models.Select(model => model.Loaded).OfType<LoadedModel>())
        {
            model.Thread.Post(model.Dispose);
        }
    }

    private ServedModel Serve(ModelOptions model, Dictionary<string, IModelFactory> factories)
    {
        if (!factories.TryGetValue(model.Kind, out IModelFactory? factory))
        {
            string kinds = string.Join(", ", factories.Keys.Order(StringComparer.Ordinal));
            throw new OptionsValidationException(
                nameof(CatalogueOptions), typeof(CatalogueOptions), [$"Kind of model {model.Name} must be one of {kinds}, but is {model.Kind}."]);
        }

        return new ServedModel(model, factory.Summary, () => LoadAsync(model, factory));
    }

    private async Task<LoadedModel> LoadAsync(ModelOptions options, IModelFactory factory)
    {
        long start = Stopwatch.GetTimestamp();
        LogLoading(options.Name, options.Kind, options.Device);
        DeviceThread thread = _threads.Of(options.Device);
        IDenoiser denoiser = await Task.Factory.StartNew(
            () => Create(options, factory), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await thread.InvokeAsync(() => WarmUp(denoiser));
        LoadedModel model = new(options.Name, denoiser, thread);
        double elapsedMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        LogLoaded(model.Name, model.Description.ParameterCount, elapsedMs);
        return model;
    }

    private IDenoiser Create(ModelOptions options, IModelFactory factory)
    {
        TorchRuntime.Initialize(_options.TorchThreads > 0 ? _options.TorchThreads : null);
        return factory.Create(options);
    }

    /// <summary>Evaluates one row and two, so that the first request finds kernels chosen and buffers allocated.</summary>
    private static bool WarmUp(IDenoiser denoiser)
    {
        DenoiserDescription description = denoiser.Description;
        Condition condition = WarmUpPrompt(description) is { } prompt ? denoiser.EncodePrompt(prompt).Condition : denoiser.Unconditional;
        using IDisposable scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        foreach (int rows in (int[])[1, 2])
        {
            Tensor noisy = zeros(
                [rows, description.DataShape.Channels, description.DataShape.Height, description.DataShape.Width],
                dtype: description.ComputeType,
                device: device(description.Device));
            denoiser.Denoise(noisy, Enumerable.Repeat(description.SigmaMax, rows).ToArray(), [.. Enumerable.Repeat(condition, rows)]);
        }

        return true;
    }

    /// <summary>As narrow as a prompt of the optimizer: an exact model makes ready the pictures that it selects.</summary>
    private static string? WarmUpPrompt(DenoiserDescription description) =>
        description.ExamplePrompts is not [string example, ..] ? null
        : description.ViewWording is { } wording ? wording.Compose(wording.Bands[0].SectorWords[0], example)
        : example;

    [LoggerMessage(EventId = 100, Level = LogLevel.Information, Message = "Loading model {Model} of kind {Kind} on {Device}.")]
    private partial void LogLoading(string model, string kind, string device);

    [LoggerMessage(EventId = 101, Level = LogLevel.Information, Message = "Model {Model} with {Parameters} parameters is ready after {ElapsedMs:F0} ms.")]
    private partial void LogLoaded(string model, long parameters, double elapsedMs);
}

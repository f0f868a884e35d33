using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Options;
using Sjc.Diffusion;
using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks;
using static TorchSharp.torch;

namespace Sjc.ScoreServer.Models;

/// <summary>The models that this server holds, in the order of its configuration.</summary>
internal sealed partial class ModelCatalogue : IDisposable
{
    /// <summary>How long a server that ends waits for what it is loading.</summary>
    private static readonly TimeSpan LoadPatience = TimeSpan.FromSeconds(30);

    private readonly CatalogueOptions _options;
    private readonly DeviceThreads _threads;
    private readonly PromptCache _prompts;
    private readonly IModelFactory[] _factories;
    private readonly ILogger<ModelCatalogue> _logger;
    private readonly Lock _gate = new();
    private readonly HashSet<ServedModel> _added = [];
    private ImmutableList<ServedModel> _models;

    public ModelCatalogue(
        IOptions<CatalogueOptions> options, IEnumerable<IModelFactory> factories, DeviceThreads threads, PromptCache prompts, ILogger<ModelCatalogue> logger)
    {
        _options = options.Value;
        _threads = threads;
        _prompts = prompts;
        _factories = [.. factories];
        _logger = logger;
        IEnumerable<ModelOptions> configured = _options.Models.Count > 0 ? _options.Models : CatalogueOptions.Shipped;
        _models = [.. configured.Select(Serve)];
    }

    /// <summary>In the order of the configuration, then in that of their addition.</summary>
    public IReadOnlyList<ServedModel> Models => Volatile.Read(ref _models);

    /// <summary>The names, for messages.</summary>
    public string KnownNames => string.Join(", ", Models.Select(model => model.Options.Name));

    /// <summary>Whether every model that is to be loaded on start has been ready; what an operator unloads later does not count.</summary>
    public bool IsReady => Models.All(model => model.Options.Load == ModelLoading.OnFirstUse || model.WasReady);

    /// <summary>The model of a name; null where there is none.</summary>
    public ServedModel? Find(string name) => Models.FirstOrDefault(model => model.Options.Name == name);

    /// <summary>Adds a model that is loaded when somebody asks for it; one that is there already is taken if it is the same. One that was added and could never
    /// be loaded gives way: its settings were wrong.</summary>
    /// <returns>The model; null where another one has the name.</returns>
    /// <exception cref="OptionsValidationException">Its kind is unknown.</exception>
    public ServedModel? Add(ModelOptions options)
    {
        lock (_gate)
        {
            ServedModel? known = Find(options.Name);
            if (known?.Options.LoadsAs(options) == true)
            {
                return known;
            }

            if (known is not null && !(_added.Contains(known) && !known.WasReady && known.State is ModelState.Failed or ModelState.Unloaded))
            {
                return null;
            }

            ServedModel added = Serve(options with { Load = ModelLoading.OnFirstUse });
            _models = known is null ? _models.Add(added) : _models.Replace(known, added);
            _added.Add(added);
            return added;
        }
    }

    /// <summary>Frees the models, after what is being loaded: libtorch must not compute while the process ends.</summary>
    public void Dispose()
    {
        Task.WaitAll([.. Models.Select(model => model.SettleAsync())], LoadPatience);
        foreach (LoadedModel model in Models.Select(model => model.Loaded).OfType<LoadedModel>())
        {
            model.Thread.Post(model.Dispose);
        }
    }

    private ServedModel Serve(ModelOptions model)
    {
        IModelFactory? factory = Array.Find(_factories, candidate => candidate.Makes(model.Kind));
        if (factory is null)
        {
            string kinds = string.Join(", ", _factories.Select(candidate => candidate.Kind).Concat(ModelFamilies.Kinds).Order(StringComparer.Ordinal));
            throw new OptionsValidationException(
                nameof(CatalogueOptions), typeof(CatalogueOptions), [$"Kind of model {model.Name} must be one of {kinds}, but is {model.Kind}."]);
        }

        return new ServedModel(model, factory.Summary, () => LoadAsync(model, factory), UnloadAsync);
    }

    private async Task<LoadedModel> LoadAsync(ModelOptions options, IModelFactory factory)
    {
        long start = Stopwatch.GetTimestamp();
        LogLoading(options.Name, options.Kind, options.Device);
        try
        {
            DeviceThread thread = _threads.Of(options.Device);
            IDenoiser denoiser = await Task.Factory.StartNew(
                () => Create(options, factory), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (options.WarmUp)
            {
                await thread.InvokeAsync(() => WarmUp(denoiser));
            }

            LoadedModel model = new(options.Name, denoiser, thread, options.DataType);
            double elapsedMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            LogLoaded(model.Name, model.Description.ParameterCount, elapsedMs);
            return model;
        }
        catch (Exception exception)
        {
            LogLoadFailed(exception, options.Name);
            throw;
        }
    }

    private async Task UnloadAsync(LoadedModel model)
    {
        _prompts.Forget(model);
        await model.Thread.InvokeAsync(() =>
        {
            model.Dispose();
            return true;
        });
        MemoryRelease.Run();
        LogUnloaded(model.Name);
    }

    private IDenoiser Create(ModelOptions options, IModelFactory factory)
    {
        TorchRuntime.Initialize(_options.TorchThreads > 0 ? _options.TorchThreads : null);
        IReadOnlyList<string> devices = TorchRuntime.Devices();
        if (!devices.Contains(options.Device) && !(options.Device == "cuda" && devices.Count > 1))
        {
            throw new ArgumentException($"{nameof(options.Device)} must be one of {string.Join(", ", devices)}, but is {options.Device}.", nameof(options));
        }

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

    [LoggerMessage(EventId = 102, Level = LogLevel.Error, Message = "Model {Model} cannot be loaded.")]
    private partial void LogLoadFailed(Exception exception, string model);

    [LoggerMessage(EventId = 103, Level = LogLevel.Information, Message = "Model {Model} is out of memory.")]
    private partial void LogUnloaded(string model);
}

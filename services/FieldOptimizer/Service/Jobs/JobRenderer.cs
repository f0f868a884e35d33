using Microsoft.Extensions.Options;
using Sjc.RadianceField.Optimization;
using Sjc.RadianceField.Rendering;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>Where jobs render, found out once: with <c>auto</c> when the first job runs, else at start.</summary>
internal sealed partial class JobRenderer
{
    private readonly OptimizerOptions options;
    private readonly ILogger<JobRenderer> logger;
    private readonly Lazy<ResolvedRenderer> resolved;

    public JobRenderer(IOptions<OptimizerOptions> options, ILogger<JobRenderer> logger)
    {
        (this.options, this.logger) = (options.Value, logger);
        resolved = new(Resolve);
    }

    /// <summary>Looks for a device that was named, so that a server that lacks it does not start.</summary>
    /// <exception cref="OptionsValidationException">It cannot be used.</exception>
    public void CheckNamedDevice()
    {
        if (!Choice.IsAuto)
        {
            _ = resolved.Value;
        }
    }

    /// <summary>A job's options, with where it renders.</summary>
    public SjcOptions Apply(SjcOptions job) => job with { CudaDevice = resolved.Value.CudaDevice, DeterministicGpu = options.DeterministicGpu };

    private RendererChoice Choice => RendererChoice.TryParse(options.Renderer, out RendererChoice choice) ? choice : default;

    private ResolvedRenderer Resolve()
    {
        try
        {
            ResolvedRenderer renderer = Choice.Resolve();
            LogRenderer(renderer.Description);
            return renderer;
        }
        catch (ArgumentException exception)
        {
            throw new OptionsValidationException(OptimizerOptions.Section, typeof(OptimizerOptions), [$"{OptimizerOptions.Section}:{exception.Message}"]);
        }
    }

    [LoggerMessage(EventId = 140, Level = LogLevel.Information, Message = "Jobs render on {Renderer}.")]
    private partial void LogRenderer(string renderer);
}

using System.ComponentModel.DataAnnotations;
using Sjc.RadianceField.Rendering;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>Where jobs are kept and how many run.</summary>
internal sealed record OptimizerOptions : IValidatableObject
{
    public const string Section = "Optimizer";

    /// <summary>Folder of the jobs; owned by one server at a time.</summary>
    [Required]
    public string StoreFolder { get; init; } = "runs/jobs";

    /// <summary>Jobs whose loops run at once; the others wait in the order of their coming.</summary>
    [Range(1, 64)]
    public int MaxRunningJobs { get; init; } = 2;

    /// <summary>Threads of each job's renderer; 0: one for each core. Results have the same bits for any number.</summary>
    [Range(0, 1024)]
    public int RenderThreads { get; init; }

    /// <summary>auto, cpu or cuda:N: where jobs render. auto: the first GPU if it passes a check, else the processor.</summary>
    [Required]
    public string Renderer { get; init; } = "auto";

    /// <summary>On a GPU, give the same run the same bits every time, for a little time and memory.</summary>
    public bool DeterministicGpu { get; init; } = true;

    /// <summary>Jobs kept; beyond it new ones are refused with RESOURCE_EXHAUSTED until old ones are deleted.</summary>
    [Range(1, 1_000_000)]
    public int MaxJobs { get; init; } = 10_000;

    /// <summary>Calls that render or export at once; others wait.</summary>
    [Range(1, 64)]
    public int MaxConcurrentRenders { get; init; } = 2;

    /// <summary>Longest wait for running jobs to write their checkpoints when the server stops.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Threads of each job's renderer, as a number.</summary>
    public int EffectiveRenderThreads => RenderThreads > 0 ? RenderThreads : Environment.ProcessorCount;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (StopTimeout < TimeSpan.FromSeconds(1) || StopTimeout > TimeSpan.FromHours(1))
        {
            yield return new($"{Section}:{nameof(StopTimeout)} must be in [1 s, 1 h], but is {StopTimeout}.");
        }

        if (!RendererChoice.TryParse(Renderer, out _))
        {
            yield return new($"{Section}:{nameof(Renderer)} must be auto, cpu or cuda:N, but is {Renderer}.");
        }
    }
}

using System.ComponentModel.DataAnnotations;

namespace Sjc.ScoreServer.Batching;

/// <summary>How requests become batches.</summary>
internal sealed record BatchingOptions : IValidatableObject
{
    public const string Section = "Batching";

    private static readonly TimeSpan MaxTime = TimeSpan.FromHours(1);

    /// <summary>Most rows in one network pass; a guided image counts two, and goes through in one.</summary>
    [Range(2, 256)]
    public int MaxBatchRows { get; init; } = 16;

    /// <summary>Rows of the smallest pass that deterministic requests share, padded where there are fewer, and the pass whose bits those of larger ones
    /// must equal to be used as well; at most <see cref="MaxBatchRows"/> count; 0: each request has passes of its own.</summary>
    [Range(0, 256)]
    public int DeterministicRows { get; init; } = 4;

    /// <summary>Rows that a tenant takes in its turn while others wait, times its weight; fewer where a round of all tenants is more than a batch.</summary>
    [Range(1, 256)]
    public int RowsPerTurn { get; init; } = 4;

    /// <summary>Rows held before new ones are refused with RESOURCE_EXHAUSTED.</summary>
    [Range(1, 65_536)]
    public int QueueCapacityRows { get; init; } = 1024;

    /// <summary>Rows held of one tenant before new ones of it are refused, unless its quota says otherwise.</summary>
    [Range(1, 65_536)]
    public int TenantCapacityRows { get; init; } = 512;

    /// <summary>How long an idle device waits for a batch to fill. A caller that sends its next request after an answer pays it in each step.</summary>
    public TimeSpan MaxDelay { get; init; }

    /// <summary>A request without a nearer deadline is due so long after its arrival.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A request of the background goes before an interactive one of its tenant that came so much later.</summary>
    public TimeSpan Ageing { get; init; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (QueueCapacityRows < MaxBatchRows)
        {
            yield return new($"{Section}:{nameof(QueueCapacityRows)} must be at least {nameof(MaxBatchRows)} ({MaxBatchRows}), but is {QueueCapacityRows}.");
        }

        if (DeterministicRows is 1)
        {
            yield return new($"{Section}:{nameof(DeterministicRows)} must be 0 or at least 2, but is {DeterministicRows}.");
        }

        foreach ((string name, TimeSpan value) in new[] { (nameof(MaxDelay), MaxDelay), (nameof(Patience), Patience), (nameof(Ageing), Ageing) })
        {
            if (value < TimeSpan.Zero || value > MaxTime)
            {
                yield return new($"{Section}:{name} must be in [0, 1 h], but is {value}.");
            }
        }
    }
}

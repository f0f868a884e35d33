using System.ComponentModel.DataAnnotations;

namespace Sjc.ScoreServer.Batching;

/// <summary>How requests become batches.</summary>
internal sealed record BatchingOptions : IValidatableObject
{
    public const string Section = "Batching";

    /// <summary>Most rows in one network pass; a guided image counts two.</summary>
    [Range(1, 256)]
    public int MaxBatchRows { get; init; } = 16;

    /// <summary>Rows that one stream takes in its turn while others wait.</summary>
    [Range(1, 256)]
    public int RowsPerTurn { get; init; } = 4;

    /// <summary>Rows held before new ones are refused with RESOURCE_EXHAUSTED.</summary>
    [Range(1, 65_536)]
    public int QueueCapacityRows { get; init; } = 1024;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (QueueCapacityRows < MaxBatchRows)
        {
            yield return new($"{Section}:{nameof(QueueCapacityRows)} must be at least {nameof(MaxBatchRows)} ({MaxBatchRows}), but is {QueueCapacityRows}.");
        }
    }
}

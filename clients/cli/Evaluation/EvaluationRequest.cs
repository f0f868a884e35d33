using Sjc.Contracts.Field.V1;
using Sjc.Diffusion.Shapes;

namespace Sjc.Cli.Evaluation;

/// <summary>What an evaluation does.</summary>
internal sealed record EvaluationRequest
{
    /// <summary>Of every job but its prompt; the model is "shapes" or "exact".</summary>
    public required JobSpec Spec { get; init; }

    /// <summary>What is made and compared.</summary>
    public required IReadOnlyList<ShapeObject> Objects { get; init; }

    /// <summary>Receives contact sheets and logs.</summary>
    public required string Folder { get; init; }

    /// <summary>Objects that are made at the same time.</summary>
    public int Parallel { get; init; } = 1;
}

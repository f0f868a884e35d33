using Sjc.Contracts.Field.V1;

namespace Sjc.Cli.Runs;

/// <summary>One run of <c>generate</c>, as asked for.</summary>
internal sealed record GenerateRequest
{
    /// <summary>Where everything goes.</summary>
    public required RunFolder Folder { get; init; }

    /// <summary>What to make; null: go on with the folder's run.</summary>
    public JobSpec? Spec { get; init; }

    /// <summary>A running scorer; null: host one.</summary>
    public Uri? Scorer { get; init; }

    /// <summary>A running optimizer; null: host one.</summary>
    public Uri? Optimizer { get; init; }

    /// <summary>Where an optimizer in this process renders; null: its default.</summary>
    public string? Renderer { get; init; }

    public RunViews Views { get; init; } = new();

    /// <summary>Replace an unfinished run of the folder.</summary>
    public bool Overwrite { get; init; }
}

using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Preconditioning;
using Sjc.Diffusion.Schedules;

namespace Sjc.Diffusion.Networks.Pixel;

/// <summary>How to make a denoiser of a checkpoint: what a family has found out before weights are read.</summary>
internal sealed class PixelModelPlan : IDisposable
{
    /// <summary>For people, such as "NCSN++ of a VE process".</summary>
    public required string Variant { get; init; }

    /// <summary>Holds the network's tensors.</summary>
    public required ITensorStore Store { get; init; }

    /// <summary>The store's names for the network's; null: the same.</summary>
    public Func<string, string>? NameInStore { get; init; }

    /// <summary>Names in the store that are no weights.</summary>
    public Func<string, bool>? MayIgnore { get; init; }

    /// <summary>Builds the network.</summary>
    public required Func<WeightReader, PixelNetwork> Build { get; init; }

    /// <summary>Makes a denoiser of the network.</summary>
    public required IPreconditioning Preconditioning { get; init; }

    /// <summary>Of one image in [−1, 1].</summary>
    public required DataShape DataShape { get; init; }

    /// <summary>Least noise level.</summary>
    public required double SigmaMin { get; init; }

    /// <summary>Greatest noise level.</summary>
    public required double SigmaMax { get; init; }

    /// <summary>The levels to which σ is snapped; null: any in range.</summary>
    public SigmaLadder? Ladder { get; init; }

    /// <summary>Classes of the network; 0: none.</summary>
    public int ClassCount { get; init; }

    /// <summary>A classifier that guides it; null: none.</summary>
    public ClassifierPlan? Classifier { get; init; }

    /// <summary>See <see cref="ModelInspection.Settings"/>.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>Classes that a caller may ask for.</summary>
    public int SelectableClasses => ClassCount > 0 ? ClassCount : Classifier?.ClassCount ?? 0;

    /// <inheritdoc/>
    public void Dispose() => Classifier?.Dispose();
}

using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Optimization;

/// <summary>Everything that decides the outcome of an optimisation by score Jacobian chaining, but the scores themselves.</summary>
/// <remarks>Defaults are those of Wang et al. 2023 for a latent model. <see cref="Fingerprint"/> is the hash that checkpoints carry.</remarks>
public sealed partial record SjcOptions
{
    /// <summary>Of every random number.</summary>
    public ulong Seed { get; init; }

    /// <summary>Optimiser steps of the whole run; σ and the emptiness weight follow its fraction.</summary>
    [Range(1, 1_000_000)]
    public int Iterations { get; init; } = 10_000;

    /// <summary>Threads of the renderer; the result has the same bits for any number.</summary>
    [Range(1, 1024)]
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>N of the GPU cuda:N that renders; null: the processor. The result differs in its last bits.</summary>
    [JsonIgnore]
    [Range(0, 1023)]
    public int? CudaDevice { get; init; }

    /// <summary>On a GPU, add gradients so that the same run has the same bits every time, for a little time and memory.</summary>
    [JsonIgnore]
    public bool DeterministicGpu { get; init; } = true;

    /// <summary>Channels of the scorer's images.</summary>
    [Range(1, 16)]
    public int Channels { get; init; } = 4;

    /// <summary>Height of the scorer's images; renders are resized to it.</summary>
    [Range(1, 4096)]
    public int ScorerHeight { get; init; } = 64;

    /// <summary>Width of the scorer's images.</summary>
    [Range(1, 4096)]
    public int ScorerWidth { get; init; } = 64;

    /// <summary>Voxels along each side of the cube.</summary>
    [Range(4, GreatestGrid)]
    public int GridSize { get; init; } = 100;

    /// <summary>When the field and the optimiser's memory of it are resampled to a larger grid: ascending in iteration and size; null: never.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<GrowthStep>? Growth { get; init; }

    /// <summary>Before which iterations the field is pruned: a mask of what can be seen is computed from it, outside of which training and pictures skip
    /// everything until the next; ascending. Null: never.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? PruneIterations { get; init; }

    /// <summary>Opacity over one voxel's length above which a voxel and its 26 neighbours can be seen; null: the reference's, <see cref="AlphaMask.DefaultThreshold"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double? PruneThreshold { get; init; }

    /// <summary>The box is [−e, e]³, world units.</summary>
    [Range(1e-3, 1e3)]
    public double BoxHalfExtent { get; init; } = 1;

    /// <summary>From features to channels.</summary>
    public ColorMode ColorMode { get; init; } = ColorMode.Raw;

    /// <summary>Added before softplus.</summary>
    [Range(-100.0, 100.0)]
    public double DensityShift { get; init; } = -1;

    /// <summary>Standard deviation of the normal start values of features and background texture; density starts at 0.</summary>
    [Range(0.0, 10.0)]
    public double InitialFeatureScale { get; init; } = 1;

    /// <summary>[channels]: a fixed background in the values of the images; null: a learnt texture.</summary>
    public IReadOnlyList<float>? BackgroundColor { get; init; }

    /// <summary>Side of the learnt background texture, texels.</summary>
    [Range(1, 1024)]
    public int BackgroundSize { get; init; } = 4;

    /// <summary>Step along a ray in mean voxel lengths.</summary>
    [Range(0.05, 8.0)]
    public double StepRatio { get; init; } = 0.5;

    /// <summary>Samples of at most this weight have no colour.</summary>
    [Range(0.0, 1.0)]
    public double WeightThreshold { get; init; } = 1e-4;

    /// <summary>Move each view's samples by one random fraction of a step.</summary>
    public bool RandomRayOffset { get; init; }

    /// <summary>Pixels along each side of a training render.</summary>
    [Range(4, 1024)]
    public int RenderSize { get; init; } = 64;

    /// <summary>Learn the density's log scale.</summary>
    public bool LearnDensityScale { get; init; } = true;

    /// <summary>Distance of the eye from the centre, world units.</summary>
    [Range(1e-3, 1e4)]
    public double CameraRadius { get; init; } = 1.5;

    /// <summary>Least horizontal field of view, degrees.</summary>
    [Range(1.0, 170.0)]
    public double FovMinDegrees { get; init; } = 40;

    /// <summary>Greatest horizontal field of view, degrees.</summary>
    [Range(1.0, 170.0)]
    public double FovMaxDegrees { get; init; } = 70;

    /// <summary>Range of the polar draw before its area warp, degrees from the zenith; 90 reaches the horizon.</summary>
    [Range(1.0, 180.0)]
    public double PolarRangeDegrees { get; init; } = 100;

    /// <summary>How views are worded; null: not at all.</summary>
    public ViewWording? ViewWording { get; init; } = ViewWording.Reference;

    /// <summary>Views whose gradients one iteration averages.</summary>
    [Range(1, 16)]
    public int ViewsPerIteration { get; init; } = 1;

    /// <summary>How noise levels are drawn.</summary>
    public SigmaDistribution SigmaDistribution { get; init; } = SigmaDistribution.Ladder;

    /// <summary>The model's noise levels, descending; needed for <see cref="SigmaDistribution.Ladder"/> alone.</summary>
    public IReadOnlyList<double> SigmaLadder { get; init; } = [];

    /// <summary>Least noise level of <see cref="SigmaDistribution.LogUniform"/>.</summary>
    [Range(1e-6, 1e6)]
    public double SigmaMin { get; init; } = 0.5;

    /// <summary>Greatest noise level at the first iteration.</summary>
    [Range(1e-6, 1e6)]
    public double SigmaMaxStart { get; init; } = 8;

    /// <summary>Greatest noise level at the last iteration.</summary>
    [Range(1e-6, 1e6)]
    public double SigmaMaxEnd { get; init; } = 1;

    /// <summary>W of W·mean(log(1 + scale·w)).</summary>
    [Range(0.0, 1e9)]
    public double EmptinessWeight { get; init; } = 1e4;

    /// <summary>The emptiness loss's scale.</summary>
    [Range(0.0, 1e6)]
    public double EmptinessScale { get; init; } = 10;

    /// <summary>From this fraction of the run on, the emptiness weight is multiplied …</summary>
    [Range(0.0, 1.0)]
    public double EmptinessStep { get; init; } = 0.5;

    /// <summary>… by this factor.</summary>
    [Range(0.0, 1e6)]
    public double EmptinessMultiplier { get; init; } = 20;

    /// <summary>Weight of the centre-depth loss; 0: none.</summary>
    [Range(0.0, 1e9)]
    public double DepthWeight { get; init; }

    /// <summary>Adamax's base rate.</summary>
    [Range(0.0, 1e3)]
    public double LearningRate { get; init; } = 0.05;

    /// <summary>Rate of the background texture; null: the reference's, 0.01 where rates are annealed, else 1e-4.</summary>
    [Range(0.0, 1e3)]
    public double? BackgroundLearningRate { get; init; }

    /// <summary>Multiply the rates of density and features by σ (of several views: their mean) and leave the density scale alone.</summary>
    public bool AnnealBySigma { get; init; }
}

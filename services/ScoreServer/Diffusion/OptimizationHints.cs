namespace Sjc.Diffusion;

/// <summary>Settings of score Jacobian chaining that suit a model; null: the reference's. The contract's message of the same name explains each.</summary>
public sealed class OptimizationHints
{
    /// <summary>s of D = D_negative + s (D_condition − D_negative).</summary>
    public double? GuidanceScale { get; init; }

    /// <summary>Lower end of the drawn noise levels.</summary>
    public double? SigmaMin { get; init; }

    /// <summary>Upper end of the drawn noise levels at the first iteration.</summary>
    public double? SigmaMaxStart { get; init; }

    /// <summary>Upper end of the drawn noise levels at the last iteration.</summary>
    public double? SigmaMaxEnd { get; init; }

    /// <summary>Clamp D to the value range.</summary>
    public bool? ClampDenoised { get; init; }

    /// <summary>Colour of the background of the model's pictures, [c]; empty where it varies.</summary>
    public IReadOnlyList<float> BackgroundColor { get; init; } = [];

    /// <summary>Iterations of the optimizer.</summary>
    public int? Iterations { get; init; }

    /// <summary>Voxels along one axis.</summary>
    public int? GridSize { get; init; }

    /// <summary>Half the box's extent, world units.</summary>
    public double? BoxHalfExtent { get; init; }

    /// <summary>Of Adamax.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Added to the raw density before softplus.</summary>
    public double? DensityShift { get; init; }

    /// <summary>Weight of the emptiness loss.</summary>
    public double? EmptinessWeight { get; init; }

    /// <summary>Scale of the weights inside the emptiness loss.</summary>
    public double? EmptinessScale { get; init; }

    /// <summary>Distance of training cameras from the origin, world units.</summary>
    public double? CameraRadius { get; init; }

    /// <summary>Least horizontal field of view of training cameras.</summary>
    public double? FovMinDegrees { get; init; }

    /// <summary>Greatest horizontal field of view of training cameras.</summary>
    public double? FovMaxDegrees { get; init; }

    /// <summary>Greatest elevation of training cameras above the horizon.</summary>
    public double? MaxElevationDegrees { get; init; }

    /// <summary>Field colours pass through a sigmoid into the value range (pixel models).</summary>
    public bool? SigmoidColors { get; init; }

    /// <summary>The render's size in pixels.</summary>
    public int? RenderSize { get; init; }

    /// <summary>Step along a ray, voxels.</summary>
    public double? StepRatio { get; init; }

    /// <summary>Views of one optimiser step, whose gradients are averaged.</summary>
    public int? ViewsPerIteration { get; init; }
}

namespace Sjc.Diffusion.Shapes;

/// <summary>Settings of score chaining that suit models of the catalogue's pictures; measured, see `sjc evaluate`.</summary>
public static class ShapeHints
{
    /// <summary>For a trained network: little guidance, which thickens what it makes, and the mean of three views where guidance would have to carve thin legs.</summary>
    public static OptimizationHints Network { get; } = Create(guidanceScale: 1.75, emptinessWeight: 100, viewsPerIteration: 3);

    /// <summary>For the closed-form denoiser of the pictures themselves, which the prompt restricts already.</summary>
    public static OptimizationHints Exact { get; } = Create(guidanceScale: 1, emptinessWeight: 300, viewsPerIteration: 1);

    private static OptimizationHints Create(double guidanceScale, double emptinessWeight, int viewsPerIteration) => new()
    {
        GuidanceScale = guidanceScale,
        SigmaMin = 0.5,
        SigmaMaxStart = 8,
        SigmaMaxEnd = 1,
        ClampDenoised = true,
        BackgroundColor = [-1, 1, 1],
        Iterations = 400,
        GridSize = 32,
        BoxHalfExtent = 0.6,
        LearningRate = 0.3,
        DensityShift = -1,
        EmptinessWeight = emptinessWeight,
        EmptinessScale = 10,
        CameraRadius = ShapeView.Radius,
        FovMinDegrees = ShapeView.MinFieldOfViewDegrees,
        FovMaxDegrees = ShapeView.MaxFieldOfViewDegrees,
        SigmoidColors = true,
        RenderSize = 32,
        StepRatio = 1,
        ViewsPerIteration = viewsPerIteration,
    };
}

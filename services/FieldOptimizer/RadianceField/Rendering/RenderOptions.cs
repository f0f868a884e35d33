namespace Sjc.RadianceField.Rendering;

/// <summary>How rays are sampled and composited.</summary>
/// <param name="StepRatio">Step along a ray in mean voxel lengths, &gt; 0; the reference's is 0.5.</param>
/// <param name="WeightThreshold">Samples of at most this weight have no colour, though they keep their weight.</param>
/// <param name="RayOffset">Shifts every sample away from the eye by this fraction of a step, in [0, 1); drawn once per view.</param>
public readonly record struct RenderOptions(float StepRatio, float WeightThreshold, float RayOffset = 0)
{
    /// <summary>What a ray's background counts as in the depth image, world units.</summary>
    public const float BackgroundDepth = 10;

    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    internal void Validate()
    {
        if (!(StepRatio > 0 && float.IsFinite(StepRatio)))
        {
            throw new ArgumentException($"StepRatio must be positive and finite, but is {StepRatio}.");
        }

        if (!(RayOffset is >= 0 and < 1))
        {
            throw new ArgumentException($"RayOffset must be in [0, 1), but is {RayOffset}.");
        }

        if (float.IsNaN(WeightThreshold))
        {
            throw new ArgumentException("WeightThreshold must be a number, but is NaN.");
        }
    }
}

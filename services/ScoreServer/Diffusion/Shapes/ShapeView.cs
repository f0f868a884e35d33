using Sjc.Numerics;

namespace Sjc.Diffusion.Shapes;

/// <summary>Where a picture is taken from.</summary>
/// <param name="AzimuthDegrees">In [0, 360); 0 sees the front.</param>
/// <param name="ElevationDegrees">Above the horizon.</param>
/// <param name="FieldOfViewDegrees">Horizontal.</param>
public readonly record struct ShapeView(double AzimuthDegrees, double ElevationDegrees, double FieldOfViewDegrees)
{
    /// <summary>Distance of the eye from the object's centre, for which a ball of radius 0.55 fills 70 to 95 % of the frame.</summary>
    public const double Radius = 1.5;

    /// <summary>Narrowest horizontal field of view.</summary>
    public const double MinFieldOfViewDegrees = 45;

    /// <summary>Widest horizontal field of view.</summary>
    public const double MaxFieldOfViewDegrees = 60;

    /// <summary>The camera at this view.</summary>
    public ShapeCamera Camera => ShapeCamera.LookAtOrigin(AzimuthDegrees, ElevationDegrees, Radius, FieldOfViewDegrees);

    /// <summary>The words that captions have for this view.</summary>
    public string Words => ShapeViewWords.Wording.Words(AzimuthDegrees, ElevationDegrees);

    /// <summary>Draws a view as the optimiser does: azimuth uniform; the cosine of the polar angle uniform, down to 6.4° below the horizon.</summary>
    /// <param name="key">Positions <paramref name="firstPosition"/> to +2 of its sequence are used.</param>
    /// <param name="firstPosition">First position in the sequence.</param>
    /// <remarks>Wang et al. 2023, reference implementation: v = clip(100°·u, 0.01, π − 0.01), φ = arccos(1 − 2v/π).</remarks>
    public static ShapeView Draw(RandomKey key, uint firstPosition = 0)
    {
        double v = Math.Clamp(double.DegreesToRadians(100 * key.UniformDouble(firstPosition + 1)), 0.01, Math.PI - 0.01);
        double polar = Math.Acos(1 - (2 * v / Math.PI));
        return new ShapeView(
            360 * key.UniformDouble(firstPosition),
            90 - double.RadiansToDegrees(polar),
            MinFieldOfViewDegrees + ((MaxFieldOfViewDegrees - MinFieldOfViewDegrees) * key.UniformDouble(firstPosition + 2)));
    }
}

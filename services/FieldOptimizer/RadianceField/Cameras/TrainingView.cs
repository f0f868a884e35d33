namespace Sjc.RadianceField.Cameras;

/// <summary>A camera of the training distribution.</summary>
/// <param name="Camera">Looks at the centre.</param>
/// <param name="AzimuthDegrees">In [0, 360); 0 is the front.</param>
/// <param name="PolarDraw">v, radians: the polar draw before its area warp, whose elevation is arcsin(1 − 2v/π).</param>
public sealed record TrainingView(Camera Camera, double AzimuthDegrees, double PolarDraw)
{
    /// <summary>Degrees above the horizon.</summary>
    public double ElevationDegrees => Math.Asin(Math.Clamp(1 - (2 * PolarDraw / Math.PI), -1, 1)) * (180 / Math.PI);
}

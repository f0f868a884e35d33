namespace Sjc.RadianceField.Cameras;

/// <summary>The training cameras of Wang et al. 2023: uniform azimuth, area-warped polar angle, uniform field of view.</summary>
/// <param name="Height">Pixels.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Radius">Distance of the eye from the centre, world units.</param>
/// <param name="FovMinDegrees">Least horizontal field of view.</param>
/// <param name="FovMaxDegrees">Greatest horizontal field of view.</param>
/// <param name="PolarRangeDegrees">Upper end of v.</param>
public sealed record TrainingViewDistribution(
    int Height,
    int Width,
    double Radius,
    double FovMinDegrees = 40,
    double FovMaxDegrees = 70,
    double PolarRangeDegrees = 100)
{
    private const double MinPolar = 0.01;
    private const double RadiansPerDegree = Math.PI / 180;

    /// <summary>The view of three draws, each in [0, 1).</summary>
    /// <remarks>a = 360u; v = clip(range·u, 0.01, π − 0.01); φ = arccos(1 − 2v/π); eye = R(sin φ cos(π − a), cos φ, sin φ sin(π − a)).</remarks>
    public TrainingView At(double azimuthDraw, double elevationDraw, double fovDraw)
    {
        double azimuthDegrees = 360 * azimuthDraw;
        double v = Math.Clamp(elevationDraw * PolarRangeDegrees * RadiansPerDegree, MinPolar, Math.PI - MinPolar);
        double phi = Math.Acos(1 - (2 * v / Math.PI));
        double theta = Math.PI - (azimuthDegrees * RadiansPerDegree);
        Vector3D eye = Radius * new Vector3D(Math.Sin(phi) * Math.Cos(theta), Math.Cos(phi), Math.Sin(phi) * Math.Sin(theta));
        double fovDegrees = FovMinDegrees + ((FovMaxDegrees - FovMinDegrees) * fovDraw);
        CameraIntrinsics intrinsics = CameraIntrinsics.FromFieldOfView(Height, Width, fovDegrees);
        return new(new Camera(Height, Width, intrinsics, CameraPose.LookAt(eye, -eye, Vector3D.Up)), azimuthDegrees, v);
    }
}

namespace Sjc.RadianceField.Cameras;

/// <summary>A picture's size, intrinsics and pose.</summary>
public sealed record Camera(int Height, int Width, CameraIntrinsics Intrinsics, CameraPose Pose)
{
    /// <summary>A camera on the sphere around the centre that looks at the centre, upright.</summary>
    /// <param name="height">Pixels.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="fovDegrees">Horizontal.</param>
    /// <param name="radius">Distance from the centre, world units.</param>
    /// <param name="azimuthDegrees">0 sees the front, which faces −x.</param>
    /// <param name="elevationDegrees">Above the horizon, in (−90, 90); nearer to a pole than 0.01° it is taken back to there.</param>
    public static Camera Orbit(int height, int width, double fovDegrees, double radius, double azimuthDegrees, double elevationDegrees)
    {
        double azimuth = azimuthDegrees * (Math.PI / 180);
        double elevation = Math.Clamp(elevationDegrees, -89.99, 89.99) * (Math.PI / 180);
        Vector3D direction = new(-Math.Cos(elevation) * Math.Cos(azimuth), Math.Sin(elevation), Math.Cos(elevation) * Math.Sin(azimuth));
        Vector3D eye = radius * direction;
        return new(height, width, CameraIntrinsics.FromFieldOfView(height, width, fovDegrees), CameraPose.LookAt(eye, -eye, Vector3D.Up));
    }
}

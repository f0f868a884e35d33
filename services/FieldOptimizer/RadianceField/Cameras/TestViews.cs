namespace Sjc.RadianceField.Cameras;

/// <summary>Camera paths for looking at a finished field.</summary>
public static class TestViews
{
    private const double LeastSpiralRadius = 0.5;

    /// <summary>A spiral that comes down from above, as Wang et al. 2023 film their fields.</summary>
    /// <param name="count">Views.</param>
    /// <param name="radius">Greatest distance from the axis, world units.</param>
    /// <param name="height">Of the start over <paramref name="center"/>, world units.</param>
    /// <param name="rounds">Turns about the axis.</param>
    /// <param name="center">What all views look at.</param>
    /// <remarks>q = (i + 1)/n; r = max(R sin(qπ/2), 0.5); eye = centre + (r cos 2πq·rounds, height(1 − q), r sin 2πq·rounds).</remarks>
    public static CameraPose[] Spiral(int count, double radius, double height, double rounds, Vector3D center)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        CameraPose[] poses = new CameraPose[count];
        for (int i = 0; i < count; i++)
        {
            double q = (i + 1.0) / count;
            double theta = 2 * Math.PI * q * rounds;
            double r = Math.Max(radius * Math.Sin(q * Math.PI / 2), LeastSpiralRadius);
            Vector3D eye = center + new Vector3D(r * Math.Cos(theta), height * (1 - q), r * Math.Sin(theta));
            poses[i] = CameraPose.LookAt(eye, center - eye, Vector3D.Up);
        }

        return poses;
    }

    /// <summary>Evenly spaced azimuths at one elevation, from the front on.</summary>
    /// <param name="count">Views in one turn.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="fovDegrees">Horizontal.</param>
    /// <param name="radius">World units.</param>
    /// <param name="elevationDegrees">Above the horizon.</param>
    public static Camera[] Turntable(int count, int height, int width, double fovDegrees, double radius, double elevationDegrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return [.. Enumerable.Range(0, count).Select(i => Camera.Orbit(height, width, fovDegrees, radius, 360.0 * i / count, elevationDegrees))];
    }
}

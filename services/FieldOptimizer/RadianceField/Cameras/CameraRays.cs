namespace Sjc.RadianceField.Cameras;

/// <summary>The rays of a camera's pixels, in world axes.</summary>
public static class CameraRays
{
    /// <summary>Directions of all pixels' rays, or of f×f rays in every pixel, row by row from the top.</summary>
    /// <param name="camera">Its eye is the origin of every ray.</param>
    /// <param name="subPixels">f, ≥ 1: rays along each side of a pixel, at −½ + (i + ½)/f.</param>
    /// <param name="directions">Receives [h·f, w·f, 3].</param>
    /// <param name="normalized">Unit length; else of depth 1 along the camera's axis.</param>
    /// <exception cref="ArgumentException"><paramref name="directions"/> has another size.</exception>
    public static void FillDirections(Camera camera, int subPixels, Span<double> directions, bool normalized = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(subPixels);
        int rows = camera.Height * subPixels;
        int columns = camera.Width * subPixels;
        if (directions.Length != rows * columns * 3)
        {
            throw new ArgumentException($"directions must have {rows * columns * 3} values, but has {directions.Length}.", nameof(directions));
        }

        int next = 0;
        for (int row = 0; row < rows; row++)
        {
            double y = -0.5 + ((row + 0.5) / subPixels);
            for (int column = 0; column < columns; column++)
            {
                double x = -0.5 + ((column + 0.5) / subPixels);
                Vector3D direction = camera.Pose.ToWorld(camera.Intrinsics.Direction(x, y));
                direction = normalized ? direction.Normalized() : direction;
                directions[next++] = direction.X;
                directions[next++] = direction.Y;
                directions[next++] = direction.Z;
            }
        }
    }
}

using System.Numerics;

namespace Sjc.Diffusion.Shapes;

/// <summary>A pinhole camera: axes in world coordinates, y up, looking along −z.</summary>
/// <param name="Eye">Its position.</param>
/// <param name="Right">World direction of the picture's x, unit length.</param>
/// <param name="Up">World direction of the picture's upward axis, unit length.</param>
/// <param name="Back">Opposite of the direction of view, unit length.</param>
/// <param name="Focal">Focal length over half the picture's width: 1/tan(FoV/2).</param>
public readonly record struct ShapeCamera(Vector3 Eye, Vector3 Right, Vector3 Up, Vector3 Back, float Focal)
{
    /// <summary>A camera that looks at the origin.</summary>
    /// <param name="azimuthDegrees">0 sees the front, which faces −x; 90 stands at +z.</param>
    /// <param name="elevationDegrees">Above the horizon, in (−90, 90).</param>
    /// <param name="radius">Distance of the eye from the origin.</param>
    /// <param name="fieldOfViewDegrees">Horizontal.</param>
    public static ShapeCamera LookAtOrigin(double azimuthDegrees, double elevationDegrees, double radius, double fieldOfViewDegrees)
    {
        (double sinA, double cosA) = Math.SinCos(double.DegreesToRadians(azimuthDegrees));
        (double sinE, double cosE) = Math.SinCos(double.DegreesToRadians(elevationDegrees));
        Vector3 back = new((float)(-cosE * cosA), (float)sinE, (float)(cosE * sinA));
        Vector3 right = Vector3.Normalize(Vector3.Cross(Vector3.UnitY, back));
        Vector3 up = Vector3.Cross(back, right);
        double focal = 1 / Math.Tan(double.DegreesToRadians(fieldOfViewDegrees) / 2);
        return new ShapeCamera((float)radius * back, right, up, back, (float)focal);
    }

    /// <summary>The unit direction through a point of the picture.</summary>
    /// <param name="column">Continuous column; 0 is the first pixel's centre.</param>
    /// <param name="row">Continuous row; 0 is the top pixel's centre.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    public Vector3 Direction(float column, float row, int width, int height)
    {
        float scale = 2f / (width * Focal);
        float x = (column - ((width - 1) / 2f)) * scale;
        float y = (((height - 1) / 2f) - row) * scale;
        return Vector3.Normalize((x * Right) + (y * Up) - Back);
    }
}

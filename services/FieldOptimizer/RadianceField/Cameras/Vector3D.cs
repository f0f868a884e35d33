namespace Sjc.RadianceField.Cameras;

/// <summary>A point or direction of the world in double precision; y is up.</summary>
public readonly record struct Vector3D(double X, double Y, double Z)
{
    /// <summary>(0, 1, 0).</summary>
    public static Vector3D Up => new(0, 1, 0);

    /// <summary>Euclidean length.</summary>
    public double Length => Math.Sqrt(Dot(this, this));

    public static Vector3D operator +(Vector3D a, Vector3D b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    public static Vector3D operator -(Vector3D a, Vector3D b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    public static Vector3D operator -(Vector3D a) => new(-a.X, -a.Y, -a.Z);

    public static Vector3D operator *(double scale, Vector3D a) => new(scale * a.X, scale * a.Y, scale * a.Z);

    /// <summary>Inner product.</summary>
    public static double Dot(Vector3D a, Vector3D b) => (a.X * b.X) + (a.Y * b.Y) + (a.Z * b.Z);

    /// <summary>Right-handed outer product.</summary>
    public static Vector3D Cross(Vector3D a, Vector3D b) =>
        new((a.Y * b.Z) - (a.Z * b.Y), (a.Z * b.X) - (a.X * b.Z), (a.X * b.Y) - (a.Y * b.X));

    /// <summary>The unit vector of the same direction; NaN for the zero vector.</summary>
    public Vector3D Normalized()
    {
        double length = Length;
        return new(X / length, Y / length, Z / length);
    }
}

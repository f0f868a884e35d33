namespace Sjc.RadianceField.Cameras;

/// <summary>Where a camera stands and looks; the columns of camera-to-world are x, y, z and eye. It looks along −z.</summary>
/// <param name="XAxis">Right.</param>
/// <param name="YAxis">Up in the picture.</param>
/// <param name="ZAxis">Backwards.</param>
/// <param name="Eye">World units.</param>
public readonly record struct CameraPose(Vector3D XAxis, Vector3D YAxis, Vector3D ZAxis, Vector3D Eye)
{
    /// <summary>z = norm(−front), x = norm(up × z), y = norm(z × x).</summary>
    /// <param name="eye">World units.</param>
    /// <param name="front">The direction of sight; any length but 0.</param>
    /// <param name="up">Not parallel to <paramref name="front"/>.</param>
    public static CameraPose LookAt(Vector3D eye, Vector3D front, Vector3D up)
    {
        Vector3D z = (-front).Normalized();
        Vector3D x = Vector3D.Cross(up, z).Normalized();
        Vector3D y = Vector3D.Cross(z, x).Normalized();
        return new(x, y, z, eye);
    }

    /// <summary>A camera axes' direction in world axes.</summary>
    public Vector3D ToWorld(Vector3D direction) =>
        (direction.X * XAxis) + (direction.Y * YAxis) + (direction.Z * ZAxis);

    /// <summary>Camera-to-world, 4×4 row-major.</summary>
    public double[] ToMatrix() =>
    [
        XAxis.X, YAxis.X, ZAxis.X, Eye.X,
        XAxis.Y, YAxis.Y, ZAxis.Y, Eye.Y,
        XAxis.Z, YAxis.Z, ZAxis.Z, Eye.Z,
        0, 0, 0, 1,
    ];

    /// <summary>From camera-to-world, 4×4 row-major.</summary>
    /// <exception cref="ArgumentException">There are not 16 values.</exception>
    public static CameraPose FromMatrix(ReadOnlySpan<double> matrix)
    {
        if (matrix.Length != 16)
        {
            throw new ArgumentException($"matrix must have 16 values, but has {matrix.Length}.", nameof(matrix));
        }

        return new(Column(matrix, 0), Column(matrix, 1), Column(matrix, 2), Column(matrix, 3));
    }

    private static Vector3D Column(ReadOnlySpan<double> matrix, int column) => new(matrix[column], matrix[4 + column], matrix[8 + column]);
}

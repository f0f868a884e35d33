namespace Sjc.RadianceField.Cameras;

/// <summary>A pinhole's matrix K = [[f, 0, −cx], [0, −f, −cy], [0, 0, −1]]: pixel centres at integer coordinates, row 0 on top.</summary>
/// <param name="Focal">f, pixels.</param>
/// <param name="CenterX">cx, pixels: the column that the axis meets.</param>
/// <param name="CenterY">cy, pixels: the row that the axis meets.</param>
public readonly record struct CameraIntrinsics(double Focal, double CenterX, double CenterY)
{
    /// <summary>K of a horizontal field of view: f = (W/2)/tan(FoV/2), centre ((W − 1)/2, (H − 1)/2).</summary>
    /// <param name="fovDegrees">Horizontal, in (0, 180).</param>
    /// <exception cref="ArgumentException">A size or the angle is out of range.</exception>
    public static CameraIntrinsics FromFieldOfView(int height, int width, double fovDegrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (!(fovDegrees is > 0 and < 180))
        {
            throw new ArgumentException($"fovDegrees must be in (0, 180), but is {fovDegrees}.", nameof(fovDegrees));
        }

        double focal = width / 2.0 / Math.Tan(fovDegrees * (Math.PI / 180) / 2);
        return new(focal, (width / 2.0) - 0.5, (height / 2.0) - 0.5);
    }

    /// <summary>Direction in camera axes of a pixel position, at depth 1 along −z: ((x − cx)/f, −(y − cy)/f, −1).</summary>
    public Vector3D Direction(double x, double y) => new((x - CenterX) / Focal, (y - CenterY) / -Focal, -1);

    /// <summary>The point in camera axes that a pixel position shows at a depth along −z.</summary>
    public Vector3D Unproject(double x, double y, double depth) => depth * Direction(x, y);

    /// <summary>K, 3×3 row-major.</summary>
    public double[] ToMatrix() => [Focal, 0, -CenterX, 0, -Focal, -CenterY, 0, 0, -1];

    /// <summary>From K, 3×3 row-major.</summary>
    /// <exception cref="ArgumentException">Not of the form above.</exception>
    public static CameraIntrinsics FromMatrix(ReadOnlySpan<double> matrix)
    {
        if (matrix.Length != 9 || matrix[0] != -matrix[4] || matrix[8] != -1)
        {
            throw new ArgumentException("matrix must be [[f, 0, −cx], [0, −f, −cy], [0, 0, −1]], but is not.", nameof(matrix));
        }

        return new(matrix[0], -matrix[2], -matrix[5]);
    }
}

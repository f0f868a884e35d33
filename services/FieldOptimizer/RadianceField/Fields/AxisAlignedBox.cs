using System.Numerics;

namespace Sjc.RadianceField.Fields;

/// <summary>The box that a voxel grid fills, world units; the outer faces of the outermost voxels lie on it.</summary>
public readonly record struct AxisAlignedBox
{
    /// <summary>The box between two corners.</summary>
    /// <exception cref="ArgumentException">A component of <paramref name="max"/> is not above <paramref name="min"/>'s.</exception>
    public AxisAlignedBox(Vector3 min, Vector3 max)
    {
        if (!Vector3.GreaterThanAll(max, min))
        {
            throw new ArgumentException($"max must be above min ({min}) in every component, but is {max}.", nameof(max));
        }

        (Min, Max) = (min, max);
    }

    /// <summary>The corner of least coordinates.</summary>
    public Vector3 Min { get; }

    /// <summary>The corner of greatest coordinates.</summary>
    public Vector3 Max { get; }

    /// <summary>Extents along x, y and z.</summary>
    public Vector3 Size => Max - Min;

    /// <summary>[−e, e]³.</summary>
    public static AxisAlignedBox Cube(float halfExtent) => new(new Vector3(-halfExtent), new Vector3(halfExtent));
}

using System.Numerics;

namespace Sjc.Diffusion.Shapes;

/// <summary>Short names for the solids and neutral colours from which the kinds are built.</summary>
internal static class Parts
{
    public static readonly Vector3 Dark = new(0.13f, 0.13f, 0.16f);
    public static readonly Vector3 Brown = new(0.42f, 0.25f, 0.12f);
    public static readonly Vector3 Cream = new(0.95f, 0.88f, 0.72f);
    public static readonly Vector3 Carrot = new(0.98f, 0.45f, 0.05f);
    public static readonly Vector3 Lamp = new(1.0f, 0.95f, 0.55f);
    public static readonly Vector3 Grey = new(0.55f, 0.52f, 0.52f);

    /// <summary>A box between two corners.</summary>
    public static ShapePart Box(float x0, float x1, float y0, float y1, float z0, float z1, Vector3? rgb = null) =>
        new(Polyhedron.Box(new Vector3(x0, y0, z0), new Vector3(x1, y1, z1)), rgb);

    /// <summary>An upright cylinder, cone or truncated cone.</summary>
    public static ShapePart Upright(float x, float z, float y0, float y1, float lowerRadius, float upperRadius, Vector3? rgb = null) =>
        new(new Frustum(1, new Vector3(x, y0, z), y1 - y0, lowerRadius, upperRadius), rgb);

    /// <summary>A wheel: a cylinder along z.</summary>
    public static ShapePart Wheel(float x, float y, float z0, float z1, float radius, Vector3? rgb = null) =>
        new(new Frustum(2, new Vector3(x, y, z0), z1 - z0, radius, radius), rgb);

    /// <summary>A ball.</summary>
    public static ShapePart Ball(float x, float y, float z, float radius, Vector3? rgb = null) =>
        new(new Ellipsoid(new Vector3(x, y, z), new Vector3(radius)), rgb);
}

using System.Numerics;

namespace Sjc.Diffusion.Shapes;

/// <summary>An axis-aligned ellipsoid, whole or without what lies below a height (a dome).</summary>
/// <param name="centre">Its centre.</param>
/// <param name="radii">Half axes.</param>
/// <param name="floor">Nothing of it lies below this y.</param>
internal sealed class Ellipsoid(Vector3 centre, Vector3 radii, float floor = float.NegativeInfinity) : Convex
{
    /// <inheritdoc/>
    public override bool Intersect(Vector3 origin, Vector3 direction, out float enter, out float exit, out Vector3 normal)
    {
        Vector3 o = (origin - centre) / radii;
        Vector3 d = direction / radii;
        float a = Vector3.Dot(d, d);
        float b = Vector3.Dot(o, d);
        float discriminant = (b * b) - (a * (Vector3.Dot(o, o) - 1));
        enter = exit = 0;
        normal = default;
        if (discriminant <= 0)
        {
            return false;
        }

        float root = MathF.Sqrt(discriminant);
        enter = (-b - root) / a;
        exit = (-b + root) / a;
        normal = Vector3.Normalize((o + (enter * d)) / radii);
        return float.IsNegativeInfinity(floor) || CutBelow(origin.Y, direction.Y, ref enter, ref exit, ref normal);
    }

    private bool CutBelow(float height, float slope, ref float enter, ref float exit, ref Vector3 normal)
    {
        if (slope == 0)
        {
            return height >= floor;
        }

        float crossing = (floor - height) / slope;
        if (slope < 0)
        {
            exit = MathF.Min(exit, crossing);
        }
        else if (crossing > enter)
        {
            enter = crossing;
            normal = -Vector3.UnitY;
        }

        return enter < exit;
    }
}

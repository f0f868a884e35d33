using System.Numerics;

namespace Sjc.Diffusion.Shapes;

/// <summary>Intersection of half-spaces n·x ≤ d: boxes, prisms, wedges.</summary>
/// <param name="planes">Outward unit normal and offset d of each half-space.</param>
internal sealed class Polyhedron(params Plane[] planes) : Convex
{
    /// <summary>The axis-aligned box between two corners.</summary>
    public static Polyhedron Box(Vector3 minimum, Vector3 maximum) => new(
        new Plane(Vector3.UnitX, maximum.X), new Plane(-Vector3.UnitX, -minimum.X),
        new Plane(Vector3.UnitY, maximum.Y), new Plane(-Vector3.UnitY, -minimum.Y),
        new Plane(Vector3.UnitZ, maximum.Z), new Plane(-Vector3.UnitZ, -minimum.Z));

    /// <summary>The half-space on the side of <paramref name="through"/> that <paramref name="outward"/> points away from.</summary>
    public static Plane HalfSpace(Vector3 outward, Vector3 through)
    {
        Vector3 normal = Vector3.Normalize(outward);
        return new Plane(normal, Vector3.Dot(normal, through));
    }

    /// <summary>This solid without what lies outside of further half-spaces.</summary>
    public Polyhedron Cut(params Plane[] further) => new([.. planes, .. further]);

    /// <inheritdoc/>
    public override bool Intersect(Vector3 origin, Vector3 direction, out float enter, out float exit, out Vector3 normal)
    {
        enter = float.NegativeInfinity;
        exit = float.PositiveInfinity;
        normal = default;
        foreach (Plane plane in planes)
        {
            float along = Vector3.Dot(plane.Normal, direction);
            float height = plane.D - Vector3.Dot(plane.Normal, origin);
            if (along == 0)
            {
                if (height < 0)
                {
                    return false;
                }

                continue;
            }

            float distance = height / along;
            if (along > 0)
            {
                exit = MathF.Min(exit, distance);
            }
            else if (distance > enter)
            {
                enter = distance;
                normal = plane.Normal;
            }

            if (enter >= exit)
            {
                return false;
            }
        }

        return true;
    }
}

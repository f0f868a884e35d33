using System.Numerics;

namespace Sjc.Diffusion.Shapes;

/// <summary>A cylinder, cone or truncated cone along a coordinate axis.</summary>
internal sealed class Frustum : Convex
{
    private readonly int axis;
    private readonly Vector3 start;
    private readonly float length;
    private readonly float startRadius;
    private readonly float slope;

    /// <summary>From the centre of one end disc to the other along an axis.</summary>
    /// <param name="axis">0, 1 or 2: x, y or z.</param>
    /// <param name="start">Centre of the first disc.</param>
    /// <param name="length">Above 0, towards the positive axis.</param>
    /// <param name="startRadius">At <paramref name="start"/>.</param>
    /// <param name="endRadius">At the other end; 0 for a cone's tip.</param>
    public Frustum(int axis, Vector3 start, float length, float startRadius, float endRadius)
    {
        this.axis = axis;
        this.start = ToLocal(start);
        this.length = length;
        this.startRadius = startRadius;
        slope = (endRadius - startRadius) / length;
    }

    /// <inheritdoc/>
    public override bool Intersect(Vector3 origin, Vector3 direction, out float enter, out float exit, out Vector3 normal)
    {
        normal = default;
        Vector3 o = ToLocal(origin) - start;
        Vector3 d = ToLocal(direction);
        if (!Slab(o.Y, d.Y, out enter, out exit) || !Mantle(o, d, ref enter, ref exit, out bool onMantle))
        {
            return false;
        }

        if (!onMantle)
        {
            normal = ToWorld(new Vector3(0, -MathF.Sign(d.Y), 0));
            return true;
        }

        Vector3 point = o + (enter * d);
        float radius = startRadius + (slope * point.Y);
        normal = ToWorld(Vector3.Normalize(new Vector3(point.X, -slope * radius, point.Z)));
        return true;
    }

    // The discs bound the interval in which the mantle's quadric is a single convex nappe.
    private bool Slab(float height, float along, out float enter, out float exit)
    {
        enter = float.NegativeInfinity;
        exit = float.PositiveInfinity;
        if (along == 0)
        {
            return height >= 0 && height <= length;
        }

        float first = -height / along;
        float second = (length - height) / along;
        enter = MathF.Min(first, second);
        exit = MathF.Max(first, second);
        return true;
    }

    // x² + z² ≤ (r + k·y)² along the ray: a·t² + 2b·t + c ≤ 0.
    private bool Mantle(Vector3 o, Vector3 d, ref float enter, ref float exit, out bool onMantle)
    {
        onMantle = false;
        float radius = startRadius + (slope * o.Y);
        float growth = slope * d.Y;
        float a = (d.X * d.X) + (d.Z * d.Z) - (growth * growth);
        float b = (o.X * d.X) + (o.Z * d.Z) - (radius * growth);
        float c = (o.X * o.X) + (o.Z * o.Z) - (radius * radius);
        float discriminant = (b * b) - (a * c);
        if (discriminant <= 0)
        {
            // No root: the sign of the quadratic is that of a, and inside means negative.
            return a < 0 && enter < exit;
        }

        float root = MathF.Sqrt(discriminant);
        float near = (-b - (MathF.Sign(a) * root)) / a;
        float far = (-b + (MathF.Sign(a) * root)) / a;
        if (a > 0)
        {
            (onMantle, enter) = near > enter ? (true, near) : (false, enter);
            exit = MathF.Min(exit, far);
            return enter < exit;
        }

        // Steeper than the mantle: inside before the nearer root or after the farther one; one of the two is the other nappe.
        return EnterSteep(o, d, near, far, ref enter, ref exit, out onMantle);
    }

    private bool EnterSteep(Vector3 o, Vector3 d, float near, float far, ref float enter, ref float exit, out bool onMantle)
    {
        onMantle = false;
        bool nearIsReal = startRadius + (slope * (o.Y + (near * d.Y))) >= 0;
        if (nearIsReal)
        {
            exit = MathF.Min(exit, near);
        }
        else if (far > enter)
        {
            enter = far;
            onMantle = true;
        }

        return enter < exit;
    }

    private Vector3 ToLocal(Vector3 v) => axis switch { 0 => new(v.Y, v.X, v.Z), 1 => v, _ => new(v.X, v.Z, v.Y) };

    private Vector3 ToWorld(Vector3 v) => axis switch { 0 => new(v.Y, v.X, v.Z), 1 => v, _ => new(v.X, v.Z, v.Y) };
}

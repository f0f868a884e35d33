namespace Sjc.RadianceField.Cameras;

/// <summary>Where rays enter and leave an axis-aligned box.</summary>
public static class RayBox
{
    // The reference's substitute for a direction component of 0.
    private const double ZeroDirection = 1e-6;

    /// <summary>The ray parameters of entry and exit, in any number of dimensions; the line meets the box iff near &lt; far.</summary>
    /// <param name="origin">[dimensions].</param>
    /// <param name="direction">[dimensions]; components of 0 count as +1e-6.</param>
    /// <param name="min">The box's lower corner, [dimensions].</param>
    /// <param name="max">The box's upper corner, [dimensions].</param>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static (double Near, double Far) Intersect(
        ReadOnlySpan<double> origin, ReadOnlySpan<double> direction, ReadOnlySpan<double> min, ReadOnlySpan<double> max)
    {
        if (direction.Length != origin.Length || min.Length != origin.Length || max.Length != origin.Length)
        {
            throw new ArgumentException($"direction, min and max must have {origin.Length} components, but have {direction.Length}, {min.Length} and {max.Length}.");
        }

        double near = double.NegativeInfinity;
        double far = double.PositiveInfinity;
        for (int axis = 0; axis < origin.Length; axis++)
        {
            Clip(origin[axis], direction[axis], min[axis], max[axis], ref near, ref far);
        }

        return (near, far);
    }

    /// <summary>Entry and exit of every ray from one eye, where what lies behind the eye is cut off: both at least 0; a miss has near ≥ far.</summary>
    /// <param name="eye">The rays' common origin.</param>
    /// <param name="directions">[rays, 3].</param>
    /// <param name="min">The box's lower corner.</param>
    /// <param name="max">The box's upper corner.</param>
    /// <param name="near">Receives [rays].</param>
    /// <param name="far">Receives [rays].</param>
    /// <exception cref="ArgumentException">The spans do not fit each other.</exception>
    public static void IntersectClipped(
        Vector3D eye, ReadOnlySpan<double> directions, Vector3D min, Vector3D max, Span<double> near, Span<double> far)
    {
        if (near.Length * 3 != directions.Length || far.Length != near.Length)
        {
            throw new ArgumentException($"near and far must have {directions.Length / 3} values, but have {near.Length} and {far.Length}.");
        }

        for (int ray = 0; ray < near.Length; ray++)
        {
            double enter = double.NegativeInfinity;
            double leave = double.PositiveInfinity;
            Clip(eye.X, directions[3 * ray], min.X, max.X, ref enter, ref leave);
            Clip(eye.Y, directions[(3 * ray) + 1], min.Y, max.Y, ref enter, ref leave);
            Clip(eye.Z, directions[(3 * ray) + 2], min.Z, max.Z, ref enter, ref leave);
            near[ray] = Math.Max(enter, 0);
            far[ray] = Math.Max(leave, 0);
        }
    }

    /// <summary>Indices of the rays that meet the box: near &lt; far.</summary>
    public static int[] Hits(ReadOnlySpan<double> near, ReadOnlySpan<double> far)
    {
        List<int> hits = [];
        for (int ray = 0; ray < near.Length; ray++)
        {
            if (near[ray] < far[ray])
            {
                hits.Add(ray);
            }
        }

        return [.. hits];
    }

    private static void Clip(double origin, double direction, double min, double max, ref double near, ref double far)
    {
        double step = direction == 0 ? ZeroDirection : direction;
        double a = (min - origin) / step;
        double b = (max - origin) / step;
        near = Math.Max(near, Math.Min(a, b));
        far = Math.Min(far, Math.Max(a, b));
    }
}

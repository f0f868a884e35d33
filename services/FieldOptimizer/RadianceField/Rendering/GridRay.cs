using System.Numerics;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering;

/// <summary>A ray in the grid's coordinates, where voxel i's centre is at i: position(s) = Start + s·Slope at distance s from the eye.</summary>
internal struct GridRay
{
    public Vector3 Start;
    public Vector3 Slope;

    /// <summary>In the world, for the background.</summary>
    public Vector3 Direction;

    /// <summary>Distance of sample 0 from the eye, world units.</summary>
    public float FirstDistance;

    /// <summary>Samples inside the box.</summary>
    public int SampleCount;

    /// <summary>Where the ray's samples begin in the tape.</summary>
    public int FirstSample;

    /// <summary>Samples with the tail that fills the last vector.</summary>
    public readonly int PaddedCount => (SampleCount + RenderTape.SampleAlignment - 1) & ~(RenderTape.SampleAlignment - 1);

    /// <summary>The samples whose z may lie in [low, high], as first and end; at most two too many at either side.</summary>
    public readonly (int First, int End) SamplesBetween(int low, int high, float stepLength)
    {
        double start = Start.Z + ((double)FirstDistance * Slope.Z);
        double step = (double)stepLength * Slope.Z;
        if (Math.Abs(step) < 1e-9)
        {
            return start >= low - 1 && start <= high + 1 ? (0, SampleCount) : (0, 0);
        }

        double a = (low - start) / step;
        double b = (high - start) / step;
        (a, b) = a < b ? (a, b) : (b, a);
        int first = (int)Math.Clamp(a - 1, 0, SampleCount);
        int end = (int)Math.Clamp(b + 2, 0, SampleCount);
        return (first, Math.Max(first, end));
    }

    /// <summary>k = ⌊max(far − near)/δ⌋ + 1 over all rays, in float32 as in the reference.</summary>
    public static int LongestSampleCount(RayBatch rays, float stepLength)
    {
        float longest = 0;
        for (int i = 0; i < rays.Count; i++)
        {
            longest = MathF.Max(longest, rays.Far[i] - rays.Near[i]);
        }

        float samples = longest / stepLength;
        return samples < 1_000_000 ? (int)samples + 1 : throw new ArgumentException($"Rays must have fewer than 1000000 samples, but the longest has {samples}.", nameof(rays));
    }

    /// <summary>Fills <paramref name="converted"/> from rays in world coordinates, with their samples one after the other.</summary>
    /// <returns>Samples in all, tails included.</returns>
    public static long Convert(VoxelField field, RayBatch rays, float stepLength, float offset, int longest, Span<GridRay> converted)
    {
        Vector3 min = field.Box.Min;
        double scaleX = field.Grid.X / (double)field.Box.Size.X;
        double scaleY = field.Grid.Y / (double)field.Box.Size.Y;
        double scaleZ = field.Grid.Z / (double)field.Box.Size.Z;
        long total = 0;
        for (int i = 0; i < rays.Count; i++)
        {
            ReadOnlySpan<float> origin = rays.Origins.Slice(3 * i, 3);
            ReadOnlySpan<float> direction = rays.Directions.Slice(3 * i, 3);
            ref GridRay ray = ref converted[i];
            ray.Start = new((float)(((origin[0] - (double)min.X) * scaleX) - 0.5), (float)(((origin[1] - (double)min.Y) * scaleY) - 0.5), (float)(((origin[2] - (double)min.Z) * scaleZ) - 0.5));
            ray.Slope = new((float)(direction[0] * scaleX), (float)(direction[1] * scaleY), (float)(direction[2] * scaleZ));
            ray.Direction = new(direction);
            ray.FirstDistance = rays.Near[i] + (offset * stepLength);
            ray.SampleCount = CountSamples(rays.Far[i] - rays.Near[i], stepLength, offset, longest);
            ray.FirstSample = (int)Math.Min(total, int.MaxValue);
            total += ray.PaddedCount;
        }

        return total;
    }

    /// <summary>Samples i with (i + offset)·δ &lt; range, compared in float32 as the reference does.</summary>
    private static int CountSamples(float range, float stepLength, float offset, int longest)
    {
        if (!(range > 0))
        {
            return 0;
        }

        int count = Math.Clamp((int)(range / stepLength), 0, longest);
        while (count < longest && (count + offset) * stepLength < range)
        {
            count++;
        }

        while (count > 0 && !((count - 1 + offset) * stepLength < range))
        {
            count--;
        }

        return count;
    }
}

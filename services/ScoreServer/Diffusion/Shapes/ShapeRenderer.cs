using System.Numerics;

namespace Sjc.Diffusion.Shapes;

/// <summary>The truth: exact pictures and silhouettes of procedural objects by ray intersection, with a fixed light.</summary>
/// <remarks>Colours depend on the place alone, not on the direction of view, so that a radiance field without view dependence can show them.</remarks>
public static class ShapeRenderer
{
    private const int Supersampling = 2;
    private const float BoundingRadius = 0.62f;
    private static readonly Vector3 Light = Vector3.Normalize(new Vector3(-0.5f, 0.8f, 0.35f));

    /// <summary>Renders one picture.</summary>
    /// <param name="shape">What stands at the origin.</param>
    /// <param name="camera">Where from.</param>
    /// <param name="size">Pixels across and down.</param>
    /// <param name="rgb">Receives [3, size, size] in [−1, 1] over the background.</param>
    /// <param name="coverage">Receives the silhouette, [size, size] in [0, 1]; empty to leave it out.</param>
    /// <param name="scale">Size of the object relative to the catalogue's.</param>
    /// <param name="tint">Factor on every reflectance, per channel; default 1.</param>
    /// <exception cref="ArgumentException">A span has the wrong length.</exception>
    public static void Render(ShapeObject shape, ShapeCamera camera, int size, Span<float> rgb, Span<float> coverage, float scale = 1, Vector3? tint = null)
    {
        ArgumentNullException.ThrowIfNull(shape);
        int pixels = size * size;
        RequireLength(rgb.Length, 3 * pixels, nameof(rgb));
        RequireLength(coverage.Length, coverage.IsEmpty ? 0 : pixels, nameof(coverage));
        Vector3 primary = shape.Colour.Rgb;
        Vector3 factor = tint ?? Vector3.One;
        Vector3 eye = camera.Eye / scale;
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column < size; column++)
            {
                (Vector3 colour, float covered) = Pixel(shape.Kind.Parts, primary, factor, camera, eye, row, column, size);
                int pixel = (row * size) + column;
                rgb[pixel] = (2 * colour.X) - 1;
                rgb[pixels + pixel] = (2 * colour.Y) - 1;
                rgb[(2 * pixels) + pixel] = (2 * colour.Z) - 1;
                if (!coverage.IsEmpty)
                {
                    coverage[pixel] = covered;
                }
            }
        }
    }

    private static (Vector3 Colour, float Covered) Pixel(
        ShapePart[] parts, Vector3 primary, Vector3 tint, in ShapeCamera camera, Vector3 eye, int row, int column, int size)
    {
        const float Share = 1f / (Supersampling * Supersampling);
        Vector3 sum = default;
        float covered = 0;
        for (int sample = 0; sample < Supersampling * Supersampling; sample++)
        {
            float x = column - 0.5f + (((sample % Supersampling) + 0.5f) / Supersampling);
            float y = row - 0.5f + (((sample / Supersampling) + 0.5f) / Supersampling);
            Vector3 direction = camera.Direction(x, y, size, size);
            if (Trace(parts, eye, direction) is (ShapePart part, Vector3 normal))
            {
                Vector3 shaded = (part.Rgb ?? primary) * tint * Shade(normal);
                sum += Vector3.Clamp(shaded, Vector3.Zero, Vector3.One);
                covered += Share;
            }
            else
            {
                sum += ShapeColour.Background;
            }
        }

        return (sum * Share, covered);
    }

    private static (ShapePart Part, Vector3 Normal)? Trace(ShapePart[] parts, Vector3 eye, Vector3 direction)
    {
        float along = Vector3.Dot(eye, direction);
        if (eye.LengthSquared() - (along * along) > BoundingRadius * BoundingRadius)
        {
            return null;
        }

        float nearest = float.PositiveInfinity;
        (ShapePart, Vector3)? hit = null;
        foreach (ShapePart part in parts)
        {
            if (part.Solid.Intersect(eye, direction, out float enter, out _, out Vector3 normal) && enter > 0 && enter < nearest)
            {
                nearest = enter;
                hit = (part, normal);
            }
        }

        return hit;
    }

    // Lambert's term from one distant lamp over a light from all around that is a little stronger from above.
    private static float Shade(Vector3 normal) => 0.56f + (0.10f * normal.Y) + (0.36f * MathF.Max(0, Vector3.Dot(normal, Light)));

    private static void RequireLength(int actual, int expected, string name)
    {
        if (actual != expected)
        {
            throw new ArgumentException($"{name} must have {expected} elements, but has {actual}.", name);
        }
    }
}

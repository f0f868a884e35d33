namespace Sjc.RadianceField.Rendering;

/// <summary>Rays with the part of each that lies in the field's box; a view over the caller's buffers.</summary>
/// <remarks>Pixel (column i, row j) of an image of width W is ray j·W + i. A ray with far ≤ near misses the box: it sees the background.</remarks>
public readonly ref struct RayBatch
{
    /// <summary>Wraps the caller's buffers.</summary>
    /// <param name="origins">[rays, 3], world units.</param>
    /// <param name="directions">[rays, 3], unit length.</param>
    /// <param name="near">[rays], distance at which the ray enters the box, clipped to ≥ 0.</param>
    /// <param name="far">[rays], distance at which it leaves.</param>
    /// <param name="rowLength">W, which must divide the rays, where they are a picture's: neighbours in both directions are then worked on
    /// together, which is faster. 0: they are not.</param>
    /// <exception cref="ArgumentException">The spans' lengths disagree, or the rows are not whole.</exception>
    public RayBatch(ReadOnlySpan<float> origins, ReadOnlySpan<float> directions, ReadOnlySpan<float> near, ReadOnlySpan<float> far, int rowLength = 0)
    {
        RequireLength(origins.Length, 3 * near.Length, nameof(origins));
        RequireLength(directions.Length, 3 * near.Length, nameof(directions));
        RequireLength(far.Length, near.Length, nameof(far));
        if (rowLength < 0 || (rowLength > 0 && near.Length % rowLength != 0))
        {
            throw new ArgumentException($"rowLength must be 0 or divide the {near.Length} rays, but is {rowLength}.", nameof(rowLength));
        }

        RowLength = rowLength;
        Origins = origins;
        Directions = directions;
        Near = near;
        Far = far;
    }

    /// <summary>Rays.</summary>
    public int Count => Near.Length;

    /// <summary>Rays in a row of the picture; 0: they are no picture's.</summary>
    public int RowLength { get; }

    /// <summary>[rays, 3].</summary>
    public ReadOnlySpan<float> Origins { get; }

    /// <summary>[rays, 3].</summary>
    public ReadOnlySpan<float> Directions { get; }

    /// <summary>[rays].</summary>
    public ReadOnlySpan<float> Near { get; }

    /// <summary>[rays].</summary>
    public ReadOnlySpan<float> Far { get; }

    private static void RequireLength(int length, int expected, string name)
    {
        if (length != expected)
        {
            throw new ArgumentException($"{name} must have {expected} values, but has {length}.", name);
        }
    }
}

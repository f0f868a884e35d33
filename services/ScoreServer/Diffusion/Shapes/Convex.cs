using System.Numerics;

namespace Sjc.Diffusion.Shapes;

/// <summary>A convex solid that a ray crosses in one interval; the parts of which the procedural objects are the union.</summary>
internal abstract class Convex
{
    /// <summary>Distances along the ray at which it enters and leaves, and the outward normal where it enters.</summary>
    /// <param name="origin">The ray's start.</param>
    /// <param name="direction">Unit length.</param>
    /// <param name="enter">−∞ when the ray starts inside of an unbounded solid.</param>
    /// <param name="exit">Above <paramref name="enter"/> when the ray hits.</param>
    /// <param name="normal">Unit length, at the point of entry.</param>
    /// <returns>Whether the line of the ray meets the solid.</returns>
    public abstract bool Intersect(Vector3 origin, Vector3 direction, out float enter, out float exit, out Vector3 normal);
}

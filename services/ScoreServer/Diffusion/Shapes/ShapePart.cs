using System.Numerics;

namespace Sjc.Diffusion.Shapes;

/// <summary>A solid and its reflectance.</summary>
/// <param name="Solid">The convex solid, in the unscaled world.</param>
/// <param name="Rgb">Reflectance in [0, 1]; null takes the object's colour.</param>
internal sealed record ShapePart(Convex Solid, Vector3? Rgb = null);

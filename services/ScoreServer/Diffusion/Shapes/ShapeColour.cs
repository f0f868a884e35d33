using System.Numerics;

namespace Sjc.Diffusion.Shapes;

/// <summary>A colour that captions name.</summary>
/// <param name="Name">One word.</param>
/// <param name="Rgb">Reflectance, each in [0, 1].</param>
public sealed record ShapeColour(string Name, Vector3 Rgb)
{
    /// <summary>The background of every picture, in [0, 1]: cyan, far from every shaded colour of an object.</summary>
    /// <remarks>With a grey background white and pink objects turn transparent under score chaining; with random ones the box fills.</remarks>
    public static Vector3 Background { get; } = new(0, 1, 1);
}

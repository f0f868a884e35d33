namespace Sjc.Diffusion.Shapes;

/// <summary>A kind of object that captions name: a union of convex parts inside a ball of radius 0.58, its front facing −x.</summary>
public sealed class ShapeKind
{
    internal ShapeKind(string name, params ShapePart[] parts)
    {
        Name = name;
        Parts = parts;
    }

    /// <summary>One word.</summary>
    public string Name { get; }

    internal ShapePart[] Parts { get; }
}

using System.Numerics;

namespace Sjc.Diffusion.Shapes;

/// <summary>The procedural objects: every kind in every colour.</summary>
public static class ShapeCatalogue
{
    /// <summary>Eight colours, each at least 0.5 away from the background in every shade.</summary>
    public static IReadOnlyList<ShapeColour> Colours { get; } =
    [
        new("red", new Vector3(0.90f, 0.10f, 0.10f)),
        new("green", new Vector3(0.12f, 0.65f, 0.12f)),
        new("blue", new Vector3(0.12f, 0.20f, 0.92f)),
        new("yellow", new Vector3(0.95f, 0.85f, 0.10f)),
        new("orange", new Vector3(0.98f, 0.50f, 0.05f)),
        new("purple", new Vector3(0.55f, 0.10f, 0.75f)),
        new("white", new Vector3(0.97f, 0.97f, 0.97f)),
        new("pink", new Vector3(1.00f, 0.50f, 0.75f)),
    ];

    /// <summary>The kinds, in the order in which evaluations list them.</summary>
    public static IReadOnlyList<ShapeKind> Kinds { get; } =
    [
        Furniture.Chair(), Furniture.Table(), Furniture.Mug(), Outdoors.Car(), Outdoors.House(), Outdoors.Tree(),
        Figures.Snowman(), Figures.Cube(), Outdoors.Boat(), Figures.Rocket(), Figures.Mushroom(), Figures.Robot(),
    ];

    /// <summary>Every kind in every colour; object k has kind k / 8 and colour k mod 8.</summary>
    public static IReadOnlyList<ShapeObject> Objects { get; } =
        [.. Kinds.SelectMany(kind => Colours.Select(colour => new ShapeObject(kind, colour)))];

    /// <summary>The object that a prompt or caption names: the last word that is a kind, and the last that is a colour.</summary>
    /// <returns>Null when a kind or a colour is missing.</returns>
    public static ShapeObject? Find(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        string[] words = prompt.ToLowerInvariant().Split([' ', ',', '.', '-', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
        ShapeKind? kind = words.Select(word => Kinds.FirstOrDefault(kind => kind.Name == word)).LastOrDefault(kind => kind is not null);
        ShapeColour? colour = words.Select(word => Colours.FirstOrDefault(colour => colour.Name == word)).LastOrDefault(colour => colour is not null);
        return kind is null || colour is null ? null : new ShapeObject(kind, colour);
    }
}

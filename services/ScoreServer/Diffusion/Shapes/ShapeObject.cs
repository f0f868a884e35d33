namespace Sjc.Diffusion.Shapes;

/// <summary>A kind in a colour: what a prompt of the catalogue names.</summary>
/// <param name="Kind">Its shape.</param>
/// <param name="Colour">Of the parts that have no colour of their own.</param>
public sealed record ShapeObject(ShapeKind Kind, ShapeColour Colour)
{
    /// <summary>The prompt, such as “a red car” or “an orange mug”.</summary>
    public string Prompt => $"{("aeiou".Contains(Colour.Name[0]) ? "an" : "a")} {Colour.Name} {Kind.Name}";
}

namespace Sjc.Diffusion.Networks.Pixel;

/// <summary>A class of a class-conditional model.</summary>
/// <param name="label">In [0, classes); null: none in particular.</param>
internal sealed class ClassCondition(int? label) : Condition
{
    /// <summary>In [0, classes); null: none in particular.</summary>
    public int? Label { get; } = label;
}

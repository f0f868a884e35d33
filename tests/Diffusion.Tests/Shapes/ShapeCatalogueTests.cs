using System.Numerics;
using Sjc.Diffusion.Shapes;

namespace Sjc.Diffusion.Tests.Shapes;

public sealed class ShapeCatalogueTests
{
    [Fact]
    public void Objects_Catalogue_HasTwelveKindsInEightColours()
    {
        Assert.True(ShapeCatalogue.Kinds.Count >= 12);
        Assert.Equal(8, ShapeCatalogue.Colours.Count);
        Assert.Equal(ShapeCatalogue.Kinds.Count * 8, ShapeCatalogue.Objects.Select(shape => shape.Prompt).Distinct().Count());
    }

    [Fact]
    public void Find_EveryPromptOfTheCatalogue_GivesItsObject() =>
        Assert.All(ShapeCatalogue.Objects, shape => Assert.Equal(shape, ShapeCatalogue.Find($"front view of {shape.Prompt}")));

    [Theory]
    [InlineData("a red")]
    [InlineData("a car")]
    [InlineData("a red zebra")]
    public void Find_PromptWithoutKindOrColour_IsNull(string prompt) => Assert.Null(ShapeCatalogue.Find(prompt));

    [Fact]
    public void Prompt_ColourWithVowel_TakesAn() => Assert.StartsWith("an orange ", ShapeCatalogue.Objects.First(shape => shape.Colour.Name == "orange").Prompt);

    [Fact]
    public void Colours_EveryShade_StaysFarFromTheBackground()
    {
        // 0.58 is the distance of the nearest shade in the experiments that chose the background.
        foreach (ShapeColour colour in ShapeCatalogue.Colours)
        {
            for (double shade = 0.4; shade <= 1.05; shade += 0.05)
            {
                Vector3 shaded = Vector3.Clamp(colour.Rgb * (float)shade, Vector3.Zero, Vector3.One);
                Assert.True(Vector3.Distance(shaded, ShapeColour.Background) > 0.58, $"{colour.Name} at {shade:F2}");
            }
        }
    }
}

using Sjc.Diffusion.Exact;
using Sjc.Diffusion.Networks;
using Sjc.Diffusion.Shapes;

namespace Sjc.Diffusion.Tests.Shapes;

public sealed class ShapePicturesTests
{
    private const int Size = 16;

    [Fact]
    public void Constructor_AnyThreads_GivesTheSamePictures()
    {
        ShapePictures one = new(ShapeCatalogue.Objects, 200, Size, seed: 4, threads: 1);
        ShapePictures two = new(ShapeCatalogue.Objects, 200, Size, seed: 4, threads: 2);
        float[] a = new float[one.ElementCount];
        float[] b = new float[one.ElementCount];
        for (int picture = 0; picture < 200; picture++)
        {
            one.CopyTo(picture, a);
            two.CopyTo(picture, b);
            Assert.Equal(a, b);
            Assert.Equal(one.CaptionIndex(picture), two.CaptionIndex(picture));
        }
    }

    [Fact]
    public void Captions_Picture_NameItsObject()
    {
        ShapePictures pictures = new(ShapeCatalogue.Objects, 300, Size, seed: 4, threads: 1);

        Assert.All(
            Enumerable.Range(0, 300),
            picture => Assert.EndsWith($"of {ShapeCatalogue.Objects[picture % ShapeCatalogue.Objects.Count].Prompt}", pictures.Captions[pictures.CaptionIndex(picture)]));
    }

    [Fact]
    public void Select_ViewWords_ChooseOneSectorOfOneBand()
    {
        ShapePictureSource source = new(Size, picturesPerView: 3);

        string front = source.Select(PromptWords.Split("front view of a red car"))!;
        string frontLeft = source.Select(PromptWords.Split("front left view of a red car"))!;
        string whole = source.Select(PromptWords.Split("a red car"))!;

        Assert.NotEqual(front, frontLeft);
        Assert.Equal(3 * source.DataShape.ElementCount, source.Load(front).Length);
        Assert.Equal(3 * ShapeViewWords.All.Count * source.DataShape.ElementCount, source.Load(whole).Length);
        Assert.Equal(source.Load(front), source.Load(front));
    }

    [Theory]
    [InlineData("a red zebra")]
    [InlineData("red blue car")]
    [InlineData("car mug")]
    [InlineData("left red car")]
    public void Select_NothingOfTheKind_IsNull(string prompt) =>
        Assert.Null(new ShapePictureSource(Size, 1).Select(PromptWords.Split(prompt)));

    [Fact]
    public void EncodePrompt_ExactModelOfAnotherColour_SelectsOtherPictures()
    {
        using ExactDenoiser denoiser = ShapeModels.Exact();

        Assert.Equal(["shiny"], denoiser.EncodePrompt("a shiny red car").UnknownWords);
        Assert.Throws<ArgumentException>(() => denoiser.EncodePrompt("red blue car"));
    }
}

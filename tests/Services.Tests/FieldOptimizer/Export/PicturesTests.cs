using Sjc.FieldOptimizer.Export;
using SkiaSharp;

namespace Sjc.Services.Tests.FieldOptimizer.Export;

public sealed class PicturesTests
{
    [Fact]
    public void Encode_ThreeChannels_MapsTheRangeAndClamps()
    {
        float[] image = [-1, 0, 3, 1, -7, 0.5f]; // [3, 1, 2]

        using SKBitmap picture = SKBitmap.Decode(Pictures.Encode(image, 3, 1, 2, -1, 1));

        Assert.Equal((new SKColor(0, 255, 0), new SKColor(128, 255, 191)), (picture.GetPixel(0, 0), picture.GetPixel(1, 0)));
    }

    [Fact]
    public void Encode_OneChannel_IsGrey()
    {
        using SKBitmap picture = SKBitmap.Decode(Pictures.Encode([0.25f], 1, 1, 1, 0, 1));

        Assert.Equal(new SKColor(64, 64, 64), picture.GetPixel(0, 0));
    }

    [Fact]
    public void Encode_WrongLength_Throws() => Assert.Throws<ArgumentException>(() => Pictures.Encode([1, 2, 3], 3, 1, 2, -1, 1));

    [Fact]
    public void EncodeDepth_NearFarAndNothing_AreBrightDimAndBlack()
    {
        // Expected depth w·s + 10·(1 − w): a surface at 1, one at 2 that is mostly there, and the background.
        float[] depth = [1, (0.6f * 2) + (0.4f * 10), 10];
        float[] opacity = [1, 0.6f, 0];

        using SKBitmap picture = SKBitmap.Decode(Pictures.EncodeDepth(depth, opacity, 1, 3));

        Assert.Equal([255, 31, 0], Enumerable.Range(0, 3).Select(x => (int)picture.GetPixel(x, 0).Red));
    }
}

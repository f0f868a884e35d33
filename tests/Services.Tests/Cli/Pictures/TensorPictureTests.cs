using Sjc.Cli.Pictures;
using SkiaSharp;

namespace Sjc.Services.Tests.Cli.Pictures;

public sealed class TensorPictureTests
{
    [Fact]
    public void Decode_ValuesInAndOutOfRange_MapsLowToBlackAndHighToWhite()
    {
        float[] values = [-1, 1, -3, 3, 0, 0]; // [1, 3, 1, 2]

        SKBitmap[] bitmaps = TensorPicture.Decode(values, [1, 3, 1, 2], low: -1, high: 1);

        using SKBitmap bitmap = Assert.Single(bitmaps);
        Assert.Equal(new SKColor(0, 0, 128), bitmap.GetPixel(0, 0));
        Assert.Equal(new SKColor(255, 255, 128), bitmap.GetPixel(1, 0));
    }

    [Fact]
    public void Decode_Latents_Refuses() =>
        Assert.Throws<ArgumentException>(() => TensorPicture.Decode(new float[16], [1, 4, 2, 2], -1, 1));
}

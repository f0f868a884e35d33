using Sjc.Numerics;
using Sjc.Services.Tests.FieldOptimizer;
using SkiaSharp;

namespace Sjc.Services.Tests.EndToEnd;

/// <summary>A folder of small captioned pictures: a red and a blue ball on cyan, in several sizes and places.</summary>
internal static class PictureFolderFixture
{
    public const int PictureSize = 16;
    public const string Prompt = "a red ball";
    private const int PicturesOfEach = 6;

    public static void Write(TemporaryFolder folder)
    {
        foreach ((string name, SKColor color, uint index) in new[] { ("red", SKColors.Red, 0u), ("blue", SKColors.Blue, 1u) })
        {
            RandomKey random = new(11, RandomStream.Pictures, 0, index);
            for (uint i = 0; i < PicturesOfEach; i++)
            {
                using SKBitmap bitmap = new(PictureSize, PictureSize);
                using SKCanvas canvas = new(bitmap);
                using SKPaint paint = new() { Color = color, IsAntialias = true };
                canvas.Clear(SKColors.Cyan);
                canvas.DrawCircle(7 + (float)random.UniformDouble(3 * i), 7 + (float)random.UniformDouble((3 * i) + 1), 3 + (2 * (float)random.UniformDouble((3 * i) + 2)), paint);
                using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
                File.WriteAllBytes(folder[$"{name}{i}.png"], png.ToArray());
                File.WriteAllText(folder[$"{name}{i}.txt"], $"a {name} ball");
            }
        }
    }
}

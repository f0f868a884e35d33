using Sjc.Diffusion.Exact;
using SkiaSharp;

namespace Sjc.Diffusion.Tests.Exact;

public sealed class PictureFolderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sjc-pictures-").FullName;

    [Fact]
    public void Read_CaptionsOfThreeKinds_AreAllFound()
    {
        Save("a_red-car.png", 4, 4, SKColors.Red);
        Save("b.png", 4, 4, SKColors.Blue);
        Save("c.png", 4, 4, SKColors.Lime);
        File.WriteAllText(Path.Combine(folder, "b.txt"), "a blue mug\n");
        File.WriteAllText(Path.Combine(folder, "metadata.jsonl"), "{\"file_name\": \"c.png\", \"text\": \"a green tree\"}\n\n");
        CaptionedPictures pictures = PictureFolder.Read(folder, new DataShape(3, 2, 2));
        Assert.Equal(["a red car", "a blue mug", "a green tree"], pictures.ExampleCaptions);
        Assert.Equal([1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1, -1], pictures.Load(pictures.Select(["car"])!));
        Assert.Equal([-1, -1, -1, -1, 1, 1, 1, 1, -1, -1, -1, -1], pictures.Load(pictures.Select(["tree"])!));
    }

    [Fact]
    public void Read_WidePicture_IsCutToItsCentre()
    {
        using (SKBitmap bitmap = new(6, 2))
        {
            bitmap.Erase(SKColors.Black);
            foreach ((int x, int y) in new[] { (2, 0), (3, 0), (2, 1), (3, 1) })
            {
                bitmap.SetPixel(x, y, SKColors.White);
            }

            Save("wide.png", bitmap);
        }

        CaptionedPictures pictures = PictureFolder.Read(folder, new DataShape(3, 2, 2));
        Assert.All(pictures.Load(""), value => Assert.Equal(1f, value));
    }

    [Fact]
    public void Read_TransparentPicture_IsLaidOnWhite()
    {
        Save("clear.png", 2, 2, SKColors.Transparent);
        Assert.All(PictureFolder.Read(folder, new DataShape(3, 2, 2)).Load(""), value => Assert.Equal(1f, value));
    }

    [Fact]
    public void Read_NoOrBrokenPictures_ThrowsInvalidData()
    {
        DataShape shape = new(3, 2, 2);
        Assert.Throws<InvalidDataException>(() => PictureFolder.Read(folder, shape));
        Assert.Throws<InvalidDataException>(() => PictureFolder.Read(Path.Combine(folder, "absent"), shape));
        File.WriteAllText(Path.Combine(folder, "x.png"), "no picture");
        Assert.Throws<InvalidDataException>(() => PictureFolder.Read(folder, shape));
    }

    [Theory]
    [InlineData("{\"file_name\": \"c.png\"}")]
    [InlineData("not json")]
    [InlineData("{\"file_name\": null, \"text\": \"a\"}")]
    public void Read_BrokenMetadata_ThrowsInvalidData(string line)
    {
        Save("c.png", 2, 2, SKColors.Red);
        File.WriteAllText(Path.Combine(folder, "metadata.jsonl"), line);
        Assert.Throws<InvalidDataException>(() => PictureFolder.Read(folder, new DataShape(3, 2, 2)));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void Save(string name, int width, int height, SKColor color)
    {
        using SKBitmap bitmap = new(width, height);
        bitmap.Erase(color);
        Save(name, bitmap);
    }

    private void Save(string name, SKBitmap bitmap)
    {
        using FileStream stream = File.Create(Path.Combine(folder, name));
        bitmap.Encode(stream, SKEncodedImageFormat.Png, 100);
    }
}

using Sjc.Diffusion;
using Sjc.Diffusion.Exact;
using Sjc.Numerics;
using Sjc.ScoreServer.Models;

namespace Sjc.Services.Tests.ScoreServer.Hosting;

/// <summary>The exact model of a dozen random pictures.</summary>
internal static class TinyPictures
{
    public const string Kind = "tiny";

    public static DataShape Shape { get; } = new(3, 4, 4);

    public static IModelFactory Factory { get; } = new TestFactory(Kind, Create);

    /// <summary>Three pictures of each of four captions.</summary>
    public static ExactDenoiser Create()
    {
        string[] captions = ["a red car", "a blue car", "a red chair", "a green tree"];
        float[][] pictures = new float[12][];
        for (int i = 0; i < pictures.Length; i++)
        {
            pictures[i] = new float[Shape.ElementCount];
            new RandomKey(5, RandomStream.Pictures, 0, (uint)i).FillUniform(pictures[i]);
        }

        return new ExactDenoiser(new CaptionedPictures(Shape, pictures, [.. pictures.Select((_, i) => captions[i % captions.Length])]));
    }

    /// <summary>Normal values, n images.</summary>
    public static float[] RandomImages(int count, uint index = 0)
    {
        float[] images = new float[count * Shape.ElementCount];
        new RandomKey(6, RandomStream.Pictures, 0, index).FillNormal(images);
        return images;
    }
}

using System.Text.Json;
using Sjc.Golden;
using Sjc.Numerics.Resize;

namespace Sjc.Numerics.Tests.Resize;

[Trait("Category", "Golden")]
public sealed class BilinearResizeGoldenTests
{
    public static TheoryData<string> Cases => [.. GoldenFolder.Find("sjc", "resize*.safetensors")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void ForwardAndAdjoint_Golden_Match(string file)
    {
        GoldenCase golden = GoldenCase.Open("sjc", file, Assert.Skip);
        foreach (string group in golden.Groups())
        {
            JsonElement settings = JsonDocument.Parse(golden.Metadata[group + ".cfg"]).RootElement;
            int[] source = [.. settings.GetProperty("src").EnumerateArray().Select(extent => extent.GetInt32())];
            int[] target = [.. settings.GetProperty("dst").EnumerateArray().Select(extent => extent.GetInt32())];
            BilinearResize resize = new((source[0], source[1]), (target[0], target[1]), settings.GetProperty("antialias").GetBoolean());

            float[] resizedGrad = golden.Floats(group + ".up");
            float[] resized = new float[resizedGrad.Length];
            resize.Forward(golden.Floats(group + ".x"), resized);
            Assert.Null(golden.Mismatch(group + ".out.y", [.. resized.Select(value => (double)value)]));

            float[] imageGrad = new float[golden.Floats(group + ".x").Length];
            resize.Adjoint(resizedGrad, imageGrad);
            Assert.Null(golden.Mismatch(group + ".out.g_x", [.. imageGrad.Select(value => (double)value)]));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ToBytes_Golden_MatchesExactly(string file)
    {
        GoldenCase golden = GoldenCase.Open("sjc", file, Assert.Skip);
        float[] images = golden.Floats("u8.x");
        int[] shape = golden.Shape("u8.x");
        int size = shape[1] * shape[2] * shape[3];
        foreach (bool centered in (bool[])[true, false])
        {
            byte[] bytes = new byte[images.Length];
            for (int image = 0; image < shape[0]; image++)
            {
                PixelBytes.ToBytes(images.AsSpan(image * size, size), shape[1], centered, bytes.AsSpan(image * size, size));
            }

            Assert.Equal(golden.Integers(centered ? "u8.centered" : "u8.uncentered"), bytes.Select(value => (long)value));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ToCenteredAndForward_Golden_MatchImportedPictures(string file)
    {
        GoldenCase golden = GoldenCase.Open("sjc", file, Assert.Skip);
        int[] source = golden.Shape("imgs_to_torch.in");
        int[] target = golden.Shape("imgs_to_torch.out");
        byte[] bytes = [.. golden.Integers("imgs_to_torch.in").Select(value => (byte)value)];
        int sourceSize = source[1] * source[2] * source[3];
        int targetSize = target[1] * target[2] * target[3];
        BilinearResize resize = new((source[1], source[2]), (target[2], target[3]));
        double[] imported = new double[source[0] * targetSize];
        for (int image = 0; image < source[0]; image++)
        {
            float[] planes = new float[sourceSize];
            float[] resized = new float[targetSize];
            PixelBytes.ToCentered(bytes.AsSpan(image * sourceSize, sourceSize), source[3], planes);
            resize.Forward(planes, resized);
            resized.Select(value => (double)value).ToArray().CopyTo(imported, image * targetSize);
        }

        // No tolerance is given for it; README section 1: 2e-6 in float32, here of values in [−1, 1].
        Assert.Null(GoldenComparison.Mismatch("imgs_to_torch.out", golden.Doubles("imgs_to_torch.out"), imported, _ => 2e-6));
    }
}

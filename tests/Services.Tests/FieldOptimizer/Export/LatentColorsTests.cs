using Sjc.FieldOptimizer.Export;
using Sjc.Numerics;

namespace Sjc.Services.Tests.FieldOptimizer.Export;

public sealed class LatentColorsTests
{
    [Fact]
    public void Default_FourChannels_AreTheColorsOfStableDiffusion()
    {
        // The first channel is mostly brightness, the last mostly darkness.
        float[] colors = LatentColors.Default(4).OfImage([2, 0, 0, 0, 0, 0, 0, 2]); // [4, 2 pixels]

        Assert.Equal([0.596f, -0.368f, 0.414f, -0.542f, 0.416f, -0.946f], colors, (a, b) => MathF.Abs(a - b) < 1e-6f);
    }

    [Theory]
    [InlineData(1, new[] { 0.5f, 0.5f, 0.5f })]
    [InlineData(3, new[] { 0.5f, 0.25f, -0.5f })]
    [InlineData(6, new[] { 0.5f, 0.25f, -0.5f })]
    public void Default_OtherChannels_AreTheFirstAsTheyAre(int channels, float[] expected) =>
        Assert.Equal(expected, LatentColors.Default(channels).OfPoints(((float[])[0.5f, 0.25f, -0.5f, 9, 9, 9]).AsSpan(0, channels)));

    [Fact]
    public void Fit_PicturesThatAreAnAffineMap_FindsIt()
    {
        float[] latents = Random(2 * 5 * 6, 0);
        float[] pixels = new float[3 * 10 * 12];
        for (int i = 0; i < pixels.Length; i++)
        {
            (int color, int at) = (i / 120, (i % 120 / 24 * 6) + (i % 12 / 2));
            pixels[i] = (0.5f * latents[at]) - (color * latents[30 + at]) + 0.25f;
        }

        LatentColors fitted = LatentColors.Fit(2, [(latents, (5, 6), pixels, (10, 12))]);

        // The triangle of the averaging reaches into neighbours, which are independent: what is found is the map times the middle's share, 9/16, but for chance.
        float[] colors = fitted.OfPoints([1, 0, 0, 1, 0, 0]);
        Assert.Equal(0.25f, colors[6], 0.05f);
        Assert.Equal(0.5f * 9 / 16, colors[0] - colors[6], 0.06f);
        Assert.Equal(-2f * 9 / 16, colors[5] - colors[8], 0.2f);
    }

    [Fact]
    public void Fit_SamePixels_IsExact()
    {
        float[] latents = Random(4 * 64, 1);
        float[] pixels = LatentColors.Default(4).OfImage(latents);

        LatentColors fitted = LatentColors.Fit(4, [(latents, (8, 8), pixels, (8, 8))]);

        // The ridge of a thousandth pulls every weight towards 0 by about that.
        float[] fresh = Random(4 * 3, 2);
        Assert.Equal(LatentColors.Default(4).OfPoints(fresh), fitted.OfPoints(fresh), (a, b) => MathF.Abs(a - b) < 5e-3f);
    }

    [Fact]
    public void Fit_NothingButConstants_DoesNotBreak()
    {
        LatentColors fitted = LatentColors.Fit(4, [(new float[4 * 4], (2, 2), [.. Enumerable.Repeat(0.5f, 12)], (2, 2))]);

        Assert.All(fitted.OfPoints([1, -1, 2, 0]), value => Assert.Equal(0.5f, value, 2e-3f));
    }

    private static float[] Random(int count, uint index)
    {
        float[] values = new float[count];
        new RandomKey(2, RandomStream.Pictures, 0, index).FillNormal(values);
        return values;
    }
}

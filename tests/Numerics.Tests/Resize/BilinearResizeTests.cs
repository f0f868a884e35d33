using Sjc.Numerics.Resize;

namespace Sjc.Numerics.Tests.Resize;

public sealed class BilinearResizeTests
{
    public static TheoryData<int, int, int, int, bool> Sizes => new()
    {
        { 5, 7, 11, 3, false }, { 5, 7, 11, 3, true }, { 1, 1, 4, 4, false }, { 1, 1, 4, 4, true }, { 9, 2, 1, 1, false }, { 9, 2, 1, 1, true }, { 31, 17, 8, 40, true },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Adjoint_RandomPlanes_IsTheTransposeOfForward(int sourceHeight, int sourceWidth, int targetHeight, int targetWidth, bool antialias)
    {
        BilinearResize resize = new((sourceHeight, sourceWidth), (targetHeight, targetWidth), antialias);
        float[] image = Normal(0, 2 * sourceHeight * sourceWidth);
        float[] resizedGrad = Normal(1, 2 * targetHeight * targetWidth);
        float[] resized = new float[resizedGrad.Length];
        float[] imageGrad = new float[image.Length];
        resize.Forward(image, resized);
        resize.Adjoint(resizedGrad, imageGrad);

        // ⟨Ax, u⟩ = ⟨x, Aᵀu⟩; each value is rounded to float32 once, a relative 6e-8.
        double forward = resized.Zip(resizedGrad, (a, b) => (double)a * b).Sum();
        double adjoint = image.Zip(imageGrad, (a, b) => (double)a * b).Sum();
        double scale = resized.Zip(resizedGrad, (a, b) => Math.Abs((double)a * b)).Sum();
        Assert.Equal(forward, adjoint, 1e-6 * Math.Max(1, scale));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Forward_ConstantPlane_StaysConstant(int sourceHeight, int sourceWidth, int targetHeight, int targetWidth, bool antialias)
    {
        float[] image = new float[sourceHeight * sourceWidth];
        image.AsSpan().Fill(0.75f);
        float[] resized = new float[targetHeight * targetWidth];
        new BilinearResize((sourceHeight, sourceWidth), (targetHeight, targetWidth), antialias).Forward(image, resized);
        Assert.All(resized, value => Assert.Equal(0.75f, value, 1e-6f));
    }

    [Fact]
    public void Forward_HalvedWithAntialias_AveragesByTriangle()
    {
        // Triangle of half-width 2 round 1 and 3, over the pixel centres ½, 1½, 2½, 3½: weights 1.5, 1.5, .5 (and mirrored) over 3.5.
        float[] resized = new float[2];
        new BilinearResize((1, 4), (1, 2), antialias: true).Forward([1, 2, 3, 4], resized);
        Assert.Equal((1.5f + 3 + 1.5f) / 3.5f, resized[0], 1e-6f);
        Assert.Equal((1 + 4.5f + 6) / 3.5f, resized[1], 1e-6f);
    }

    [Fact]
    public void Adjoint_CalledTwice_Accumulates()
    {
        BilinearResize resize = new((2, 2), (3, 3));
        float[] once = new float[4];
        float[] twice = new float[4];
        resize.Adjoint(Normal(2, 9), once);
        resize.Adjoint(Normal(2, 9), twice);
        resize.Adjoint(Normal(2, 9), twice);
        Assert.Equal(once.Select(value => 2 * value), twice);
    }

    [Fact]
    public void Forward_UnequalPlaneCounts_Throws()
    {
        Assert.Throws<ArgumentException>(() => new BilinearResize((2, 2), (3, 3)).Forward(new float[8], new float[9]));
        Assert.Throws<ArgumentException>(() => new BilinearResize((0, 2), (3, 3)));
    }

    private static float[] Normal(uint index, int count)
    {
        float[] values = new float[count];
        new RandomKey(61, RandomStream.Pictures, 0, index).FillNormal(values);
        return values;
    }
}

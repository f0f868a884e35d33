using Sjc.Diffusion.Exact;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Exact;

public sealed class ExactDenoiserTests
{
    public static TheoryData<double> Sigmas => [0.002, 0.02, 0.3, 1, 5, 80];

    [Theory]
    [MemberData(nameof(Sigmas))]
    public void Denoise_Float64_MatchesTheDefinition(double sigma)
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        double[] noisy = Noisy(sigma);
        double[] expected = TestModels.DenoiseByDefinition(TestModels.Pictures(), noisy, sigma);
        double[] actual = TestModels.Denoise(denoiser, noisy, [sigma], [denoiser.Unconditional]);

        // Exponents reach ‖x − y‖²/2σ² ~ 1e7 at the smallest σ, of which double keeps 1e-9.
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-8));
    }

    [Theory]
    [MemberData(nameof(Sigmas))]
    public void Denoise_Float32_MatchesTheDefinition(double sigma)
    {
        using ExactDenoiser denoiser = TestModels.Exact(ScalarType.Float32);
        double[] noisy = [.. Noisy(sigma).Select(value => (double)(float)value)];
        double[] expected = TestModels.DenoiseByDefinition(TestModels.Pictures(), noisy, sigma);
        double[] actual = TestModels.Denoise(denoiser, noisy, [sigma], [denoiser.Unconditional]);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void Denoise_CloseLargePictures_TellsThemApartAtSmallSigma()
    {
        // Two pictures of 3·64·64 values near 1 that differ in one value by 0.01: float32 sums of squares (12288 ± 1e-3) would lose
        // the difference of the squared distances, 1e-4, that decides at σ = .002.
        DataShape shape = new(3, 64, 64);
        float[] first = new float[shape.ElementCount];
        first.AsSpan().Fill(1);
        float[] second = [.. first];
        second[100] = 0.99f;
        using ExactDenoiser denoiser = new(new CaptionedPictures(shape, [first, second], ["a", "b"]));
        using IDisposable scope = NewDisposeScope();
        Tensor input = tensor(second, new long[] { 1, 3, 64, 64 });
        float[] denoised = denoiser.Denoise(input, [0.002], [denoiser.Unconditional]).data<float>().ToArray();

        // Weight of the other picture: exp(−1e-4/8e-6) = 3.7e-6.
        Assert.Equal(0.99f, denoised[100], 1e-6f);
    }

    [Fact]
    public void Denoise_RowsOfDifferentSelections_MatchEachAlone()
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        Condition[] conditions =
        [
            denoiser.EncodePrompt("red car").Condition, denoiser.Unconditional, denoiser.EncodePrompt("a blue car").Condition,
            denoiser.EncodePrompt("red car").Condition, denoiser.EncodePrompt("mug").Condition,
        ];
        double[] sigmas = [0.5, 2, 1, 0.1, 3];
        double[] noisy = [.. Enumerable.Range(0, 5).SelectMany(row => TestModels.Normal((uint)row, TestModels.Shape.ElementCount).Select(value => (double)value))];
        double[] together = TestModels.Denoise(denoiser, noisy, sigmas, conditions);
        int size = TestModels.Shape.ElementCount;
        for (int row = 0; row < 5; row++)
        {
            double[] alone = TestModels.Denoise(denoiser, noisy[(row * size)..((row + 1) * size)], [sigmas[row]], [conditions[row]]);
            Assert.All(alone.Zip(together[(row * size)..((row + 1) * size)]), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        }
    }

    [Theory]
    [InlineData("a red car", 0, 1)]
    [InlineData("RED, car.", 0, 1)]
    [InlineData("side view of the blue car", 3)]
    [InlineData("mug", 4, 5)]
    [InlineData("view", 0, 1, 2, 3, 4, 5)]
    [InlineData("", 0, 1, 2, 3, 4, 5)]
    [InlineData("the of a", 0, 1, 2, 3, 4, 5)]
    public void EncodePrompt_Words_SelectPicturesThatHaveThemAll(string prompt, params int[] expected)
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        float[][] pictures = TestModels.Pictures();
        double[] noisy = Noisy(2);
        double[] actual = TestModels.Denoise(denoiser, noisy, [2], [denoiser.EncodePrompt(prompt).Condition]);
        double[] byDefinition = TestModels.DenoiseByDefinition([.. expected.Select(i => pictures[i])], noisy, 2);
        Assert.All(byDefinition.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Fact]
    public void EncodePrompt_UnknownWords_AreReportedAndPassedOver()
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        PromptEncoding encoding = denoiser.EncodePrompt("a shiny red Ferrari car");
        Assert.Equal(["shiny", "ferrari"], encoding.UnknownWords);
        Assert.Equal(4, encoding.TokenCount);
    }

    [Theory]
    [InlineData("a blue mug")]
    [InlineData("a dragon")]
    public void EncodePrompt_SelectsNothing_ThrowsWithThePromptAndWhatExists(string prompt)
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        ArgumentException exception = Assert.Throws<ArgumentException>(() => denoiser.EncodePrompt(prompt));
        Assert.Contains(prompt, exception.Message, StringComparison.Ordinal);
        Assert.Contains("front view of a red car", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EncodePrompt_TooManyWords_Throws()
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        Assert.Throws<ArgumentException>(() => denoiser.EncodePrompt(string.Join(' ', Enumerable.Range(0, 65))));
    }

    [Fact]
    public void Denoise_BadRows_Throws()
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        using IDisposable scope = NewDisposeScope();
        Tensor wrongShape = zeros(1, 3, 5, 4);
        Tensor right = zeros(1, 3, 4, 5);
        Assert.Throws<ArgumentException>(() => denoiser.Denoise(wrongShape, [1], [denoiser.Unconditional]));
        Assert.Throws<ArgumentException>(() => denoiser.Denoise(right, [1, 1], [denoiser.Unconditional]));
        Assert.Throws<ArgumentException>(() => denoiser.Denoise(right, [1], [new ForeignCondition()]));
    }

    [Fact]
    public void Description_Always_TellsShapeAndVocabulary()
    {
        using ExactDenoiser denoiser = TestModels.Exact(ScalarType.Float32);
        Assert.Equal(("exact", TestModels.Shape, "f32"), (denoiser.Description.Kind, denoiser.Description.DataShape, denoiser.Description.ComputeTypeName));
        Assert.Equal(["blue", "car", "front", "mug", "red", "side", "view"], denoiser.Description.Vocabulary);
        Assert.Equal(TestModels.Captions, denoiser.Description.ExamplePrompts);
    }

    [Fact]
    public void Denoise_ManyCalls_LeaveNoTensorsBehind()
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        TestModels.Denoise(denoiser, Noisy(1), [1], [denoiser.Unconditional]);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int call = 0; call < 10; call++)
        {
            TestModels.Denoise(denoiser, Noisy(1), [1], [denoiser.Unconditional]);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    /// <summary>A picture with noise of the level.</summary>
    private static double[] Noisy(double sigma) =>
        [.. TestModels.Pictures()[2].Zip(TestModels.Normal(9, TestModels.Shape.ElementCount), (picture, noise) => picture + (sigma * noise))];

    private sealed class ForeignCondition : Condition;
}

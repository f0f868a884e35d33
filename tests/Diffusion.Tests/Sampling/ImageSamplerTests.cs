using Sjc.Diffusion.Exact;
using Sjc.Diffusion.Sampling;
using Sjc.Diffusion.Schedules;

namespace Sjc.Diffusion.Tests.Sampling;

public sealed class ImageSamplerTests
{
    private static readonly int Size = TestModels.Shape.ElementCount;

    public static TheoryData<string> Samplers => [.. SamplerNames.All];

    /// <summary>Those whose number of steps is the caller's.</summary>
    public static TheoryData<string> SteppingSamplers => [.. SamplerNames.OnLadder];

    [Theory]
    [MemberData(nameof(Samplers))]
    public void Sample_ExactModel_EndsAtPicturesOfTheDataSet(string sampler)
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        double[] images = ImageSampler.Sample(
            GuidedDenoiser.Bind(denoiser, denoiser.Unconditional), TestModels.Shape, Options(sampler) with { Count = 12 }, cancellationToken: TestContext.Current.CancellationToken);
        int[] nearest = [.. images.Chunk(Size).Select(Nearest)];
        Assert.All(images.Chunk(Size).Zip(nearest), pair => Assert.True(Distance(pair.First, TestModels.Pictures()[pair.Second]) < 0.02));

        // All six pictures are equally likely: 12 draws meet at least three of them but with probability 1e-5.
        Assert.InRange(nearest.Distinct().Count(), 3, 6);
    }

    [Theory]
    [MemberData(nameof(Samplers))]
    public void Sample_Prompt_EndsAtPicturesThatItSelects(string sampler)
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        DenoiseFunction denoise = GuidedDenoiser.Bind(denoiser, denoiser.EncodePrompt("blue car").Condition, guidanceScale: 1.5);
        double[] images = ImageSampler.Sample(denoise, TestModels.Shape, Options(sampler) with { Count = 4 }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.All(images.Chunk(Size), image => Assert.Contains(Nearest(image), (int[])[2, 3]));
    }

    [Theory]
    [InlineData(SamplerNames.KarrasStochastic, 63)]
    [InlineData(SamplerNames.EulerAncestral, 32)]
    [InlineData(SamplerNames.Ddpm, 32)]
    [InlineData(SamplerNames.Ddim, 32)]
    [InlineData(SamplerNames.VeSde, 62)] // two of the 32 levels are nearest to one of the ladder
    [InlineData(SamplerNames.VpSde, 64)]
    [InlineData(SamplerNames.AnnealedLangevin, 31)]
    public void Sample_OnALadder_AsksAtItsLevelsAlone(string sampler, int evaluations)
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        List<double> asked = [];
        ImageSamplerOptions options = Options(sampler) with { Ladder = SigmaLadder.StableDiffusion, SigmaMax = 14, SigmaMin = 0.03 };
        ImageSampler.Sample(GoldenModel.Record(denoiser, asked), TestModels.Shape, options, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(evaluations, asked.Count);
        Assert.All(asked, sigma => Assert.Contains(sigma, SigmaLadder.StableDiffusion.Sigmas));
    }

    [Fact]
    public void Sample_SameSeed_GivesTheSameImagesAndAnImageDoesNotDependOnTheCount()
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        DenoiseFunction denoise = GuidedDenoiser.Bind(denoiser, denoiser.Unconditional);
        ImageSamplerOptions options = Options(SamplerNames.KarrasStochastic);
        double[] Run(ImageSamplerOptions run) => ImageSampler.Sample(denoise, TestModels.Shape, run, cancellationToken: TestContext.Current.CancellationToken);
        double[] one = Run(options);
        Assert.Equal(one, Run(options));
        Assert.All(one.Zip(Run(options with { Count = 3 })), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
        Assert.NotEqual(one, Run(options with { Seed = 1 }));
    }

    [Theory]
    [MemberData(nameof(SteppingSamplers))]
    public void Sample_Progress_TellsEveryStepOnce(string sampler)
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        List<int> steps = [];
        List<double> sigmas = [];
        ImageSampler.Sample(
            GuidedDenoiser.Bind(denoiser, denoiser.Unconditional), TestModels.Shape, Options(sampler) with { Steps = 10 },
            step =>
            {
                Assert.Equal((10, Size, Size), (step.StepCount, step.State.Length, step.Denoised.Length));
                steps.Add(step.StepIndex);
                sigmas.Add(step.Sigma);
            },
            TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, 10), steps);
        Assert.Equal(sigmas.OrderDescending(), sigmas);
    }

    [Fact]
    public void Sample_Cancelled_StopsBeforeTheNextStep()
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        using CancellationTokenSource cancellation = new();
        int steps = 0;
        Assert.Throws<OperationCanceledException>(() => ImageSampler.Sample(
            GuidedDenoiser.Bind(denoiser, denoiser.Unconditional), TestModels.Shape, Options(SamplerNames.KarrasEuler),
            step =>
            {
                steps++;
                cancellation.Cancel();
            },
            cancellation.Token));
        Assert.Equal(1, steps);
    }

    [Theory]
    [InlineData("unknown", 1, 1)]
    [InlineData(SamplerNames.KarrasHeun, 0, 1)]
    [InlineData(SamplerNames.KarrasHeun, 1, 0)]
    public void Sample_BadOptions_Throws(string sampler, int steps, int count) => Assert.Throws<ArgumentException>(() => ImageSampler.Sample(
        (_, _, _) => { }, TestModels.Shape, Options(sampler) with { Steps = steps, Count = count }, cancellationToken: TestContext.Current.CancellationToken));

    [Fact]
    public void Sample_AdaptiveSolverOnALadder_Throws() => Assert.Throws<ArgumentException>(() => ImageSampler.Sample(
        (_, _, _) => { }, TestModels.Shape, Options(SamplerNames.ProbabilityFlow) with { Ladder = SigmaLadder.StableDiffusion }, cancellationToken: TestContext.Current.CancellationToken));

    [Theory]
    [InlineData(-0.1, 1e-5, 0.16)]
    [InlineData(1.1, 1e-5, 0.16)]
    [InlineData(0.5, 0.5, 0.16)]
    [InlineData(0.5, 1e-5, 0.0)]
    [InlineData(double.NaN, 1e-5, 0.16)]
    public void Sample_NumbersOutOfRange_Throws(double eta, double tolerance, double signalToNoise) => Assert.Throws<ArgumentException>(() => ImageSampler.Sample(
        (_, _, _) => { }, TestModels.Shape, Options(SamplerNames.Ddim) with { Eta = eta, Tolerance = tolerance, SignalToNoise = signalToNoise },
        cancellationToken: TestContext.Current.CancellationToken));

    private static ImageSamplerOptions Options(string sampler) => new() { Sampler = sampler, SigmaMax = 20, SigmaMin = 0.01 };

    private static int Nearest(double[] image)
    {
        float[][] pictures = TestModels.Pictures();
        return Enumerable.Range(0, pictures.Length).MinBy(i => Distance(image, pictures[i]));
    }

    private static double Distance(double[] image, float[] picture) => image.Zip(picture, (a, b) => Math.Abs(a - b)).Max();
}

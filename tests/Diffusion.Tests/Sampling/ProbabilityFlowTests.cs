using Sjc.Diffusion.Exact;
using Sjc.Diffusion.Sampling;
using Sjc.Numerics;

namespace Sjc.Diffusion.Tests.Sampling;

public sealed class ProbabilityFlowTests
{
    private static readonly double[] Variances = [0.2, 1, 3];
    private static readonly RandomKeyNoise Noise = new(5, RandomStream.SamplerNoise);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e-6)]
    public void Sample_GaussianData_EndsWhereTheFlowEnds(double tolerance)
    {
        GaussianData data = new(Variances);
        double[] start = [30, -50, 12, 5, 60, -7];
        double[] state = [.. start];

        int evaluations = ProbabilityFlow.Sample(data.Denoise, state, 2, Options(tolerance) with { FinalDenoise = false }, cancellationToken: Cancellation);

        // Errors of some tens of steps, each within the tolerance of values up to 60.
        Assert.All(data.Flow(start, 50, 0.02).Zip(state), pair => Assert.Equal(pair.First, pair.Second, 20 * tolerance));
        Assert.InRange(evaluations, 20, 2000);
    }

    [Fact]
    public void Sample_FinalDenoise_IsTheGuessAtTheEnd()
    {
        GaussianData data = new(Variances);
        double[] state = [30, -50, 12];
        double[] noisy = [.. state];
        ProbabilityFlow.Sample(data.Denoise, noisy, 1, Options(1e-6) with { FinalDenoise = false }, cancellationToken: Cancellation);
        double[] expected = new double[3];
        data.Denoise(noisy, 0.02, expected);

        ProbabilityFlow.Sample(data.Denoise, state, 1, Options(1e-6), cancellationToken: Cancellation);

        Assert.All(expected.Zip(state), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    [Fact]
    public void Sample_Progress_CountsUpToTheEnd()
    {
        GaussianData data = new(Variances);
        double[] state = [30, -50, 12];
        List<(int Index, int Count, double Sigma)> steps = [];

        ProbabilityFlow.Sample(data.Denoise, state, 1, Options(1e-4), step => steps.Add((step.StepIndex, step.StepCount, step.Sigma)), Cancellation);

        Assert.Equal(Enumerable.Range(0, steps.Count), steps.Select(step => step.Index));
        Assert.All(steps, step => Assert.True(step.Count > step.Index));
        Assert.Equal(steps.Count, steps[^1].Count);
        Assert.Equal(50, steps[0].Sigma, 1e-9);
        Assert.Equal(steps.Select(step => step.Sigma).OrderDescending(), steps.Select(step => step.Sigma));
    }

    [Fact]
    public void Sample_ExactModel_AgreesWithManyHeunSteps()
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        DenoiseFunction denoise = GuidedDenoiser.Bind(denoiser, denoiser.Unconditional);
        double[] state = new double[TestModels.Shape.ElementCount];
        StateNoise.Add(state, 1, 10, new RandomKeyNoise(4, RandomStream.SamplerInitialization));
        double[] heun = [.. state];
        double[] last = [];
        KarrasSampler.Sample(
            denoise, heun, 1, new KarrasOptions { Steps = 400, SigmaMax = 10, SigmaMin = 0.3 }, Noise,
            step => last = step.StepIndex == 398 ? step.State.ToArray() : last, Cancellation);

        ProbabilityFlow.Sample(denoise, state, 1, new ProbabilityFlowOptions { SigmaMax = 10, SigmaMin = 0.3, Tolerance = 1e-7, FinalDenoise = false }, cancellationToken: Cancellation);

        Assert.All(last.Zip(state), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
    }

    /// <summary>Against the flow's own closed form: N(0, σ_max²) at the far end, as the method has it, and a volume that changes by ½·ln of the variances' ratio.</summary>
    [Fact]
    public void LogLikelihood_GaussianData_IsTheClosedForm()
    {
        GaussianData data = new(Variances);
        double[] images = [0.1, -1.2, 2, 0.5, 0.3, -1];
        double[] far = data.Flow(images, 0.02, 50);

        double[] actual = ProbabilityFlow.LogLikelihood(data.Denoise, images, 2, Options(1e-8), Noise, cancellationToken: Cancellation);

        for (int image = 0; image < 2; image++)
        {
            double volume = Variances.Sum(variance => 0.5 * Math.Log((variance + (50 * 50)) / (variance + (0.02 * 0.02))));
            double prior = far[(3 * image)..((3 * image) + 3)].Sum(value => -0.5 * ((value * value / 2500) + Math.Log(2 * Math.PI * 2500)));
            Assert.Equal(prior + volume, actual[image], 1e-5);

            // And what the method is for: log p itself, but for taking σ_max for infinite: v/σ_max² a value.
            Assert.Equal(data.LogLikelihood(images[(3 * image)..((3 * image) + 3)], 0.02), actual[image], 3e-3);
        }
    }

    /// <summary>With correlated values the estimate is right in the mean over probes: off-diagonal 0.6·√2 a probe, 400 probes.</summary>
    [Fact]
    public void LogLikelihood_CorrelatedData_IsRightInTheMean()
    {
        // Covariance [[1, ρ], [ρ, 1]]: along (1, ±1)/√2 the variances are 1 ± ρ.
        const double Correlation = 0.6;
        GaussianData turned = new(1 + Correlation, 1 - Correlation);
        DenoiseFunction denoise = (noisy, sigma, denoised) =>
        {
            double[] along = new double[2];
            turned.Denoise([(noisy[0] + noisy[1]) / Math.Sqrt(2), (noisy[0] - noisy[1]) / Math.Sqrt(2)], sigma, along);
            denoised[0] = (along[0] + along[1]) / Math.Sqrt(2);
            denoised[1] = (along[0] - along[1]) / Math.Sqrt(2);
        };
        double expected = turned.LogLikelihood([(0.4 + 0.9) / Math.Sqrt(2), (0.4 - 0.9) / Math.Sqrt(2)], 0.02);

        double actual = ProbabilityFlow.LogLikelihood(denoise, [0.4, 0.9], 1, Options(1e-5), Noise, probes: 400, Cancellation)[0];

        Assert.Equal(expected, actual, 0.25);
    }

    [Fact]
    public void LogLikelihood_NoProbes_Throws() => Assert.Throws<ArgumentException>(
        () => ProbabilityFlow.LogLikelihood(new GaussianData(1).Denoise, [0.0], 1, Options(1e-3), Noise, probes: 0, Cancellation));

    private static ProbabilityFlowOptions Options(double tolerance) => new() { SigmaMax = 50, SigmaMin = 0.02, Tolerance = tolerance };
}

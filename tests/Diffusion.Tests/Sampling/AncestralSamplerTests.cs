using Sjc.Diffusion.Exact;
using Sjc.Diffusion.Sampling;
using Sjc.Diffusion.Schedules;
using Sjc.Numerics;

namespace Sjc.Diffusion.Tests.Sampling;

public sealed class AncestralSamplerTests
{
    private const int Values = 4000;
    private static readonly RandomKeyNoise Noise = new(3, RandomStream.SamplerNoise);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Sample_EtaZero_IsEulerOnTheSameLevels()
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        DenoiseFunction denoise = GuidedDenoiser.Bind(denoiser, denoiser.Unconditional);
        SigmaLadder ladder = SigmaLadder.StableDiffusion;
        double[] state = Start(TestModels.Shape.ElementCount, 14);
        double[] euler = [.. state];
        KarrasOptions options = new() { Steps = 12, SigmaMax = 14, SigmaMin = 0.1, Heun = false, Ladder = ladder };
        KarrasSampler.Sample(denoise, euler, 1, options, Noise, cancellationToken: Cancellation);

        AncestralSampler.Sample(denoise, state, 1, SamplerLevels.Karras(14, 0.1, 12, ladder), eta: 0, Noise, cancellationToken: Cancellation);

        Assert.All(euler.Zip(state), pair => Assert.Equal(pair.First, pair.Second, 1e-10));
    }

    /// <summary>Ho et al. 2020, eqs. 6 and 7, on x_vp = √ᾱ·x with the posterior's variance, over any stride of the chain.</summary>
    [Fact]
    public void Sample_EtaOne_IsHosPosteriorInTheChainsOwnForm()
    {
        GaussianData data = new(0.3, 2);
        SigmaLadder ladder = SigmaLadder.GuidedDiffusionLinear;
        double[] levels = SamplerLevels.Chain(ladder.SigmaMax, ladder.SigmaMin, 20, ladder);
        double[] state = Start(6, levels[0]);
        double[] vp = [.. state.Select(value => value * Math.Sqrt(AlphaBar(levels[0])))];
        float[] normal = new float[6];
        double[] clean = new double[6];
        for (int i = 0; i < levels.Length; i++)
        {
            double bar = AlphaBar(levels[i]);
            double nextBar = i + 1 < levels.Length ? AlphaBar(levels[i + 1]) : 1;
            double beta = 1 - (bar / nextBar);
            data.Denoise([.. vp.Select(value => value / Math.Sqrt(bar))], levels[i], clean);
            Noise.Fill((uint)i, 0, normal);
            for (int k = 0; k < vp.Length; k++)
            {
                double mean = (Math.Sqrt(nextBar) * beta / (1 - bar) * clean[k]) + (Math.Sqrt(1 - beta) * (1 - nextBar) / (1 - bar) * vp[k]);
                vp[k] = mean + (Math.Sqrt(beta * (1 - nextBar) / (1 - bar)) * normal[k]);
            }
        }

        AncestralSampler.Sample(data.Denoise, state, 1, levels, eta: 1, Noise, cancellationToken: Cancellation);

        Assert.All(vp.Zip(state), pair => Assert.Equal(pair.First, pair.Second, 1e-9));

        static double AlphaBar(double sigma) => 1 / (1 + (sigma * sigma));
    }

    /// <summary>DDIM, Song et al. 2021, eq. 12: √ᾱ_s·x₀ + √(1 − ᾱ_s − σ²)·ε + σ·n with eq. 16's σ, in the chain's own form.</summary>
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.4)]
    public void Sample_OneStep_IsDdim(double eta)
    {
        GaussianData data = new(0.7);
        double[] state = Start(5, 3);
        double[] clean = new double[5];
        data.Denoise(state, 3, clean);
        double bar = 1 / (1 + 9.0);
        double nextBar = 1 / (1 + 1.0);
        double deviation = eta * Math.Sqrt((1 - nextBar) / (1 - bar) * (1 - (bar / nextBar)));
        float[] normal = new float[5];
        Noise.Fill(0, 0, normal);
        double[] expected = [.. state.Select((value, k) =>
            ((Math.Sqrt(nextBar) * clean[k]) + (Math.Sqrt(1 - nextBar - (deviation * deviation)) * (value - clean[k]) / 3) + (deviation * normal[k])) / Math.Sqrt(nextBar))];
        double[] afterFirst = [];

        AncestralSampler.Sample(data.Denoise, state, 1, [3, 1], eta, Noise, step => afterFirst = step.StepIndex == 0 ? step.State.ToArray() : afterFirst, Cancellation);

        Assert.All(expected.Zip(afterFirst), pair => Assert.Equal(pair.First, pair.Second, 1e-10));
    }

    /// <summary>In many fine steps what comes out is spread as the data: variance 4/3 of 4000 values, known to 2·√(2/4000) = 4.5 %.</summary>
    [Fact]
    public void Sample_EtaOne_HasTheVarianceOfTheData()
    {
        GaussianData data = new(4.0 / 3);
        double[] state = Start(Values, 50);

        AncestralSampler.Sample(data.Denoise, state, 1, SamplerLevels.Karras(50, 0.01, 200, null), eta: 1, Noise, cancellationToken: Cancellation);

        Assert.Equal(1, state.Sum(value => value * value) / Values / (4.0 / 3), 0.07);
    }

    /// <summary>Halving the step halves the error of Euler steps and quarters that of Heun's.</summary>
    [Fact]
    public void Sample_HalfTheStep_ShowsTheOrderOfConvergence()
    {
        double[] euler = [.. new[] { 80, 160 }.Select(steps => Error(steps, heun: false))];
        double[] heun = [.. new[] { 80, 160 }.Select(steps => Error(steps, heun: true))];

        Assert.Equal(2, euler[0] / euler[1], 0.2);
        Assert.Equal(4, heun[0] / heun[1], 0.5);
    }

    private static double Error(int steps, bool heun)
    {
        GaussianData data = new(0.5);
        double[] state = [40];
        double[] last = [];
        double[] levels = NoiseLevels.Karras(20, 1, steps);
        void Keep(SamplerStep step) => last = step.StepIndex == steps - 2 ? step.State.ToArray() : last;
        if (heun)
        {
            KarrasSampler.Sample(data.Denoise, state, 1, new KarrasOptions { Steps = steps, SigmaMax = 20, SigmaMin = 1 }, Noise, Keep, Cancellation);
        }
        else
        {
            AncestralSampler.Sample(data.Denoise, state, 1, levels, eta: 0, Noise, Keep, Cancellation);
        }

        return Math.Abs(last[0] - data.Flow([40], 20, 1)[0]);
    }

    private static double[] Start(int count, double sigma)
    {
        double[] state = new double[count];
        StateNoise.Add(state, 1, sigma, new RandomKeyNoise(4, RandomStream.SamplerInitialization));
        return state;
    }
}

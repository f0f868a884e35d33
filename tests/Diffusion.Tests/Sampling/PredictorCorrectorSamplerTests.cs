using Sjc.Diffusion.Sampling;
using Sjc.Numerics;

namespace Sjc.Diffusion.Tests.Sampling;

public sealed class PredictorCorrectorSamplerTests
{
    private const int Values = 4000;
    private static readonly RandomKeyNoise Noise = new(7, RandomStream.SamplerNoise);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Fine steps of either process end with the data's variance, which 4000 values show to 2·√(2/4000) = 4.5 %.</summary>
    [Theory]
    [InlineData(ReverseSde.VarianceExploding, 0)]
    [InlineData(ReverseSde.VarianceExploding, 1)]
    [InlineData(ReverseSde.VariancePreserving, 0)]
    [InlineData(ReverseSde.VariancePreserving, 1)]
    public void Sample_GaussianData_HasTheVarianceOfTheData(ReverseSde process, int correctorSteps)
    {
        GaussianData data = new(1.5);
        double[] state = Start(Values, 50);
        PredictorCorrectorOptions options = new()
        {
            Process = process,
            Levels = process == ReverseSde.VarianceExploding ? SamplerLevels.Geometric(50, 0.01, 500, null) : SamplerLevels.Chain(50, 0.01, 500, null),
            CorrectorSteps = correctorSteps,
            SignalToNoise = 0.05,
        };

        PredictorCorrectorSampler.Sample(data.Denoise, state, 1, options, Noise, cancellationToken: Cancellation);

        Assert.Equal(1, state.Sum(value => value * value) / Values / 1.5, 0.08);
    }

    /// <summary>Song et al. 2021, algorithm 3 with ancestral noise left out of the last step, on x_vp itself.</summary>
    [Fact]
    public void Sample_VariancePreserving_IsTheAlgorithmInItsOwnForm()
    {
        GaussianData data = new(0.4, 2);
        double[] levels = SamplerLevels.Chain(100, 0.02, 15, null);
        double[] state = Start(4, levels[0]);
        double[] vp = [.. state.Select(value => value * Root(levels[0]))];
        float[] normal = new float[4];
        double[] clean = new double[4];
        for (int i = 0; i < levels.Length; i++)
        {
            double root = Root(levels[i]);
            double beta = 1 - (root * root / (i + 1 < levels.Length ? Root(levels[i + 1]) * Root(levels[i + 1]) : 1));
            data.Denoise([.. vp.Select(value => value / root)], levels[i], clean);
            Noise.Fill((uint)i, 0, normal);
            for (int k = 0; k < vp.Length; k++)
            {
                double score = -(vp[k] - (root * clean[k])) / (1 - (root * root));
                vp[k] = ((2 - Math.Sqrt(1 - beta)) * vp[k]) + (beta * score) + (i + 1 < levels.Length ? Math.Sqrt(beta) * normal[k] : 0);
            }
        }

        PredictorCorrectorSampler.Sample(
            data.Denoise, state, 1, new PredictorCorrectorOptions { Process = ReverseSde.VariancePreserving, Levels = levels, CorrectorSteps = 0 }, Noise, cancellationToken: Cancellation);

        Assert.All(vp.Zip(state), pair => Assert.Equal(pair.First, pair.Second, 1e-9));

        static double Root(double sigma) => 1 / Math.Sqrt(1 + (sigma * sigma));
    }

    /// <summary>Langevin steps alone bring values that are spread twice too wide to the level's own variance, v + σ²; the step's size adds r².</summary>
    [Fact]
    public void Sample_ManyCorrectorSteps_ComeToTheLevelsOwnVariance()
    {
        GaussianData data = new(1);
        double[] state = Start(Values, 4);
        PredictorCorrectorOptions options = new() { Process = ReverseSde.VarianceExploding, Levels = [2], CorrectorSteps = 400, SignalToNoise = 0.1 };

        PredictorCorrectorSampler.Sample(data.Denoise, state, 1, options, Noise, cancellationToken: Cancellation);

        // The last step takes x to D = x/5.
        Assert.Equal(1, 25 * state.Sum(value => value * value) / Values / 5, 0.08);
    }

    [Fact]
    public void Sample_GuessIsTheStateItself_LeavesItAlone()
    {
        double[] state = [1, 2, 3];
        PredictorCorrectorOptions options = new() { Process = ReverseSde.VarianceExploding, Levels = [2], CorrectorSteps = 3 };

        PredictorCorrectorSampler.Sample((noisy, _, denoised) => noisy.CopyTo(denoised), state, 1, options, Noise, cancellationToken: Cancellation);

        Assert.Equal([1, 2, 3], state);
    }

    private static double[] Start(int count, double sigma)
    {
        double[] state = new double[count];
        StateNoise.Add(state, 1, sigma, new RandomKeyNoise(4, RandomStream.SamplerInitialization));
        return state;
    }
}

using Sjc.Diffusion.Preconditioning;
using Sjc.Diffusion.Schedules;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Preconditioning;

public sealed class PreconditioningTests
{
    private static readonly SigmaLadder Ladder = SigmaLadder.StableDiffusion;

    public static TheoryData<int> LadderIndices => [0, 1, 250, 500, 998, 999];

    [Theory]
    [MemberData(nameof(LadderIndices))]
    public void Epsilon_NetworkThatKnowsTheNoise_RecoversTheCleanImages(int index)
    {
        // x = clean + σ·noise; an ε-network's own input is √ᾱ·clean + √(1−ᾱ)·noise, and its output noise.
        double sigma = Ladder.Sigmas[index];
        Check(new EpsilonPreconditioning(Ladder), sigma, Ladder.Timestep(index), (clean, noise, alpha) => noise);
    }

    [Theory]
    [MemberData(nameof(LadderIndices))]
    public void Velocity_NetworkThatKnowsTheVelocity_RecoversTheCleanImages(int index)
    {
        double sigma = Ladder.Sigmas[index];
        Check(new VelocityPreconditioning(Ladder), sigma, Ladder.Timestep(index), (clean, noise, alpha) => (alpha * noise) - (Math.Sqrt(1 - (alpha * alpha)) * clean));
    }

    [Theory]
    [InlineData(0.002)]
    [InlineData(0.7)]
    [InlineData(80)]
    public void Edm_Coefficients_KeepUnitVarianceOfInputAndTarget(double sigma)
    {
        const double SigmaData = 0.7;
        EdmPreconditioning preconditioning = new(SigmaData);
        (double skip, double outward, double inward, double noise) = preconditioning.At(sigma);

        // Karras et al. 2022, appendix B.6, eqs. 114, 120, 123: what the coefficients are for.
        Assert.Equal(1, inward * inward * ((sigma * sigma) + (SigmaData * SigmaData)), 1e-12);
        double targetVariance = (Math.Pow(1 - skip, 2) * SigmaData * SigmaData) + (skip * skip * sigma * sigma);
        Assert.Equal(1, targetVariance / (outward * outward), 1e-12);
        Assert.Equal(Math.Log(sigma) / 4, noise, 1e-12);
        Assert.Equal(1, preconditioning.LossWeight(sigma) * outward * outward, 1e-12);
    }

    [Fact]
    public void Denoise_RowsOfDifferentSigma_UsesEachRowsCoefficients()
    {
        using IDisposable scope = NewDisposeScope();
        EdmPreconditioning preconditioning = new(0.5);
        double[] sigmas = [0.1, 2, 30];
        Tensor noisy = tensor(TestModels.Normal(0, 3 * 8).Select(value => (double)value).ToArray(), new long[] { 3, 2, 2, 2 });
        Tensor denoised = preconditioning.Denoise((input, labels) => input.sin() + tensor(labels).view(-1, 1, 1, 1), noisy, sigmas);
        for (int row = 0; row < 3; row++)
        {
            (double skip, double outward, double inward, double noise) = preconditioning.At(sigmas[row]);
            Tensor expected = (noisy[row] * skip) + (((noisy[row] * inward).sin() + noise) * outward);
            Assert.True((denoised[row] - expected).abs().max().item<double>() < 1e-12);
        }
    }

    [Fact]
    public void Denoise_WrongNumberOfSigmas_Throws()
    {
        using IDisposable scope = NewDisposeScope();
        Tensor noisy = zeros(2, 1, 1, 1);
        Assert.Throws<ArgumentException>(() => new EdmPreconditioning(0.5).Denoise((input, _) => input, noisy, [1.0]));
        Assert.Throws<ArgumentException>(() => new EdmPreconditioning(0));
    }

    private static void Check(IPreconditioning preconditioning, double sigma, int timestep, Func<Tensor, Tensor, double, Tensor> target)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor clean = tensor(TestModels.Uniform(0, 8).Select(value => (double)value).ToArray(), new long[] { 1, 2, 2, 2 });
        Tensor noise = tensor(TestModels.Normal(1, 8).Select(value => (double)value).ToArray(), new long[] { 1, 2, 2, 2 });
        double alpha = 1 / Math.Sqrt((sigma * sigma) + 1);
        Tensor denoised = preconditioning.Denoise(
            (input, labels) =>
            {
                Tensor chain = (alpha * clean) + (Math.Sqrt(1 - (alpha * alpha)) * noise);
                Assert.True((input - chain).abs().max().item<double>() < 1e-12);
                Assert.Equal(timestep, Assert.Single(labels));
                return target(clean, noise, alpha);
            },
            clean + (sigma * noise), [sigma]);

        // D = x − σ·noise: at σ = 157 the difference of values near 500 keeps 1e-13.
        Assert.True((denoised - clean).abs().max().item<double>() < 1e-11);
    }
}

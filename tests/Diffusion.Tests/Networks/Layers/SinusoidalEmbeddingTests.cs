using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Networks.Layers;

public sealed class SinusoidalEmbeddingTests
{
    [Fact]
    public void Diffusion_Label_IsCosineFirstWithOpenEnd()
    {
        double[] actual = Values(SinusoidalEmbedding.Diffusion(4), 981);

        // Frequencies 10000^(−i/2): 1 and 1/100.
        Assert.Equal([Math.Cos(981), Math.Cos(9.81), Math.Sin(981), Math.Sin(9.81)], actual, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void ScoreSde_Label_IsSineFirstWithClosedEnd()
    {
        double[] actual = Values(SinusoidalEmbedding.ScoreSde(4), 981);

        // Frequencies 10000^(−i/1): 1 and 1/10000.
        Assert.Equal([Math.Sin(981), Math.Sin(0.0981), Math.Cos(981), Math.Cos(0.0981)], actual, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Forward_OddWidth_EndsWithZero() => Assert.Equal(0, Values(SinusoidalEmbedding.Diffusion(5), 3)[^1]);

    [Fact]
    public void Fourier_LargePhase_KeepsItsDigits()
    {
        // 2π·0.7·1234.5 ≈ 5430 rad: formed in float32 it would be off by some 10⁻⁴.
        TensorTable table = new TensorTable().Add("W", [1234.5f], 1);

        using DisposeScope scope = NewDisposeScope();
        double[] actual = new FourierEmbedding(table.Reader(), "W", 1).Forward([0.7], ScalarType.Float64, CPU).data<double>().ToArray();

        Assert.Equal([Math.Sin(2 * Math.PI * 0.7 * 1234.5), Math.Cos(2 * Math.PI * 0.7 * 1234.5)], actual, (a, b) => Math.Abs(a - b) < 1e-9);
    }

    private static double[] Values(SinusoidalEmbedding embedding, double label)
    {
        using DisposeScope scope = NewDisposeScope();
        return embedding.Forward([label], ScalarType.Float64, CPU).data<double>().ToArray();
    }
}

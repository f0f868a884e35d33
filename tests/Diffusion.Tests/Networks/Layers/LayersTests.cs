using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Networks.Layers;

public sealed class LayersTests
{
    [Fact]
    public void Linear_ConvolutionOfWidthOne_IsItsMatrix()
    {
        TensorTable table = new TensorTable().Add("qkv.weight", 3, 2, 1).Add("qkv.bias", 3);
        using DisposeScope scope = NewDisposeScope();
        Linear linear = new(table.Reader().Scope("qkv"), 2, 3);

        float[] actual = linear.Forward(tensor(new float[] { 0.5f, -2 }, 1, 2)).data<float>().ToArray();

        float[] w = table.Values("qkv.weight");
        float[] b = table.Values("qkv.bias");
        Assert.Equal([(0.5f * w[0]) - (2 * w[1]) + b[0], (0.5f * w[2]) - (2 * w[3]) + b[1], (0.5f * w[4]) - (2 * w[5]) + b[2]], actual, (x, y) => Math.Abs(x - y) < 1e-6);
    }

    [Fact]
    public void Conv2d_StrideTwo_HalvesTheSize()
    {
        TensorTable table = new TensorTable().Add("weight", 3, 2, 3, 3).Add("bias", 3);
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(7);
        Tensor x = randn([1, 2, 6, 8], generator: generator);

        Tensor actual = new Conv2d(table.Reader(), 2, 3, 3, stride: 2).Forward(x);

        Tensor window = x[0].narrow(1, 1, 3).narrow(2, 3, 3);
        Tensor expected = (tensor(table.Values("weight"), 3, 2, 3, 3)[1] * window).sum() + table.Values("bias")[1];
        Assert.Equal([1, 3, 3, 4], actual.shape);
        Assert.Equal(expected.item<float>(), actual[0, 1, 1, 2].item<float>(), 1e-4f);
    }

    [Fact]
    public void GroupNorm_HalfPrecisionFarFromZero_NormalisesInSingle()
    {
        TensorTable table = new TensorTable().Add("weight", [1, 1], 2).Add("bias", [0, 0], 2);
        using DisposeScope scope = NewDisposeScope();

        // Sums over 4096 values of about 100 pass the greatest half, 65504.
        using Generator generator = new(7);
        Tensor x = (randn([1, 2, 64, 32], generator: generator) + 100).to(ScalarType.Float16);
        Tensor actual = new GroupNorm(table.Reader(ScalarType.Float16), 1, 2, 1e-5).Forward(x);

        Tensor wide = x.to(ScalarType.Float64);
        Tensor expected = (wide - wide.mean()) / (wide.var(unbiased: false) + 1e-5).sqrt();
        Assert.Equal(ScalarType.Float16, actual.dtype);
        Assert.True((actual.to(ScalarType.Float64) - expected).abs().max().item<double>() < 2e-3, "half-precision rounding: 2⁻⁹ for values up to 8");
    }

    [Fact]
    public void LayerNorm_Row_HasItsScaleAndOffset()
    {
        TensorTable table = new TensorTable().Add("weight", [2, 3], 2).Add("bias", [10, 20], 2);
        using DisposeScope scope = NewDisposeScope();

        float[] actual = new LayerNorm(table.Reader(), 2, 0).Forward(tensor(new float[] { 1, 5 }, 1, 2)).data<float>().ToArray();

        Assert.Equal([8, 23], actual, (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Embedding_Indices_SelectRows()
    {
        TensorTable table = new TensorTable().Add("weight", [1, 2, 3, 4, 5, 6], 3, 2);
        using DisposeScope scope = NewDisposeScope();

        Tensor actual = new Embedding(table.Reader(), 3, 2).Forward(tensor(new long[] { 2, 0 }, 1, 2));

        Assert.Equal([1, 2, 2], actual.shape);
        Assert.Equal([5, 6, 1, 2], actual.data<float>().ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Attention_TwoHeads_MatchesItsDefinition(bool causal)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(7);
        Tensor q = randn([2, 5, 8], ScalarType.Float64, generator: generator);
        Tensor k = randn([2, 5, 8], ScalarType.Float64, generator: generator);
        Tensor v = randn([2, 5, 8], ScalarType.Float64, generator: generator);

        Tensor actual = Attention.Forward(q, k, v, heads: 2, causal);

        Tensor allowed = causal ? ones(5, 5, dtype: ScalarType.Bool).tril() : ones(5, 5, dtype: ScalarType.Bool);
        for (int head = 0; head < 2; head++)
        {
            Tensor Part(Tensor x) => x.narrow(2, head * 4, 4);
            Tensor logits = (Part(q).matmul(Part(k).transpose(1, 2)) / 2).masked_fill(allowed.logical_not(), double.NegativeInfinity);
            Assert.True((Part(actual) - logits.softmax(-1).matmul(Part(v))).abs().max().item<double>() < 1e-12);
        }
    }

    [Fact]
    public void Resampling_DoubledThenHalved_IsTheSame()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(7);
        Tensor x = randn([1, 2, 3, 4], generator: generator);

        Tensor doubled = Resampling.Doubled(x);

        Assert.Equal([1, 2, 6, 8], doubled.shape);
        Assert.Equal(x[0, 1, 2, 3].item<float>(), doubled[0, 1, 5, 7].item<float>());
        Assert.True((Resampling.Halved(doubled) - x).abs().max().item<float>() < 1e-6);
    }

    [Fact]
    public void Layers_OnMeta_CheckNamesWithoutMemory()
    {
        TensorTable table = new TensorTable().Add("conv.weight", 3, 2, 3, 3).Add("other", 1);
        WeightReader reader = new(table, ScalarType.Float32, META);
        _ = new Conv2d(reader.Scope("conv"), 2, 3, 3);

        InvalidDataException fault = Assert.Throws<InvalidDataException>(() => reader.RequireNoFaults());

        Assert.Contains("conv.bias is missing; other is not a tensor of this model", fault.Message);
    }
}

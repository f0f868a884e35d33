using System.Runtime.InteropServices;
using Sjc.Diffusion.Checkpoints;
using Sjc.Numerics;
using Sjc.Numerics.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Checkpoints.Elements;

public sealed class TensorFillTests
{
    private static readonly Dictionary<ScalarType, SafetensorsDataType> Stored = new()
    {
        [ScalarType.Float64] = SafetensorsDataType.F64,
        [ScalarType.Float32] = SafetensorsDataType.F32,
        [ScalarType.Float16] = SafetensorsDataType.F16,
        [ScalarType.BFloat16] = SafetensorsDataType.BF16,
    };

    public static TheoryData<ScalarType, ScalarType> Pairs => [.. Stored.Keys.SelectMany(from => Stored.Keys.Select(to => (from, to)))];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void CopyTo_EveryPairOfTypes_ConvertsAsTorchDoes(ScalarType from, ScalarType to)
    {
        using IDisposable scope = NewDisposeScope();

        // Counts around the width of a vector, the run and normal, tiny and large values of float16.
        foreach (int count in (int[])[1, 7, 8, 33, 20_001])
        {
            float[] values = new float[count];
            new RandomKey(61, RandomStream.Pictures, (uint)count).FillNormal(values);
            Tensor source = tensor(values).mul(exp(linspace(-18, 10, count))).to(from);
            using StoredTensor stored = new("x", source);
            Tensor filled = empty(count, dtype: to);
            stored.Store.CopyTo("x", filled);
            Assert.Equal(source.to(to).bytes.ToArray(), filled.bytes.ToArray());
        }
    }

    [Fact]
    public void CopyTo_TensorOfSeveralPieces_GivesAllOfThem()
    {
        const int Count = 5 * 1_887_437; // more than two pieces
        using IDisposable scope = NewDisposeScope();
        Tensor source = arange(Count, dtype: ScalarType.Float32).remainder(2039).to(ScalarType.Float16).view(5, -1);
        using StoredTensor stored = new("x", source);
        Tensor filled = empty(source.shape, dtype: ScalarType.Float32);
        stored.Store.CopyTo("x", filled);
        Assert.True(filled.equal(source.to(ScalarType.Float32)).all().item<bool>());
    }

    [Theory]
    [InlineData(ScalarType.Float16, ScalarType.Float32, float.NaN)]
    [InlineData(ScalarType.Float16, ScalarType.Float16, float.PositiveInfinity)]
    [InlineData(ScalarType.BFloat16, ScalarType.Float32, float.NegativeInfinity)]
    [InlineData(ScalarType.Float32, ScalarType.Float32, float.NaN)]
    [InlineData(ScalarType.Float64, ScalarType.Float32, float.NaN)]
    [InlineData(ScalarType.Float32, ScalarType.Float16, 1e6f)]
    [InlineData(ScalarType.BFloat16, ScalarType.Float16, 1e6f)]
    [InlineData(ScalarType.Float64, ScalarType.Float16, 1e6f)]
    public void CopyTo_ValueThatIsNotFiniteInTheEnd_IsRefusedByName(ScalarType from, ScalarType to, float value)
    {
        using IDisposable scope = NewDisposeScope();
        foreach (int position in (int[])[0, 100, 16_500])
        {
            Tensor source = zeros(16_501);
            source[position] = value;
            using StoredTensor stored = new("a.weight", source.to(from));
            InvalidDataException exception = Assert.Throws<InvalidDataException>(() => stored.Store.CopyTo("a.weight", empty(16_501, dtype: to)));
            Assert.Contains("a.weight", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void CopyTo_LargestFiniteValues_AreTaken()
    {
        using IDisposable scope = NewDisposeScope();
        using StoredTensor stored = new("x", tensor([65504f, -65504f, 0f, -0f]).to(ScalarType.Float16));
        Tensor filled = empty(4);
        stored.Store.CopyTo("x", filled);
        Assert.Equal([65504f, -65504f, 0f, -0f], MemoryMarshal.Cast<byte, float>(filled.bytes).ToArray());
    }

    [Fact]
    public void CopyTo_MetaDevice_ReadsNothing()
    {
        using IDisposable scope = NewDisposeScope();
        using StoredTensor stored = new("x", tensor([float.NaN]));
        stored.Store.CopyTo("x", empty(1, device: META));
    }

    /// <summary>One tensor in a file.</summary>
    private sealed class StoredTensor : IDisposable
    {
        private readonly TemporaryFolder folder = new();

        public StoredTensor(string name, Tensor values)
        {
            SafetensorsWriter writer = new SafetensorsWriter().Add(name, Stored[values.dtype], values.contiguous().bytes, values.shape);
            Store = SafetensorsStore.Open(folder.WriteTensors("x.safetensors", writer));
        }

        public SafetensorsStore Store { get; }

        public void Dispose()
        {
            Store.Dispose();
            folder.Dispose();
        }
    }
}

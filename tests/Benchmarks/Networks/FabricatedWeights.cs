using Sjc.Diffusion.Checkpoints;
using Sjc.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Benchmarks.Networks;

/// <summary>Weights of a network that nobody trained: seeded normal values, scaled so that activations neither vanish nor grow.</summary>
/// <remarks>One block of random numbers is repeated: a network's speed depends on its shapes alone, as long as its values are ordinary.</remarks>
internal sealed class FabricatedWeights : ITensorStore
{
    private const int BlockLength = 1 << 20;

    private readonly float[] block = new float[BlockLength];

    /// <summary>Weights of given names and shapes.</summary>
    public FabricatedWeights(IReadOnlyDictionary<string, IReadOnlyList<long>> shapes)
    {
        new RandomKey(1, RandomStream.WeightInitialization, 0, 0).FillNormal(block);
        Tensors = shapes.ToDictionary(tensor => tensor.Key, tensor => new TensorInfo(ScalarType.Float32, tensor.Value));
    }

    /// <inheritdoc/>
    public string Name => "fabricated weights";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>Names and shapes that a network asks for.</summary>
    /// <param name="create">Builds it.</param>
    public static FabricatedWeights Of<T>(Func<WeightReader, T> create)
        where T : IDisposable
    {
        using ShapeStore none = new("no weights", new Dictionary<string, TensorInfo>());
        WeightReader reader = new(none, ScalarType.Float32, META);
        using T network = create(reader);
        return new FabricatedWeights(reader.Taken);
    }

    /// <inheritdoc/>
    public void CopyTo(string name, Tensor destination)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = tensor(block);
        Tensor flat = destination.view(-1);
        double scale = destination.dim() > 1 ? 1 / Math.Sqrt((double)destination.numel() / destination.shape[0]) : 0.1;
        for (long start = 0; start < flat.shape[0]; start += BlockLength)
        {
            long length = Math.Min(BlockLength, flat.shape[0] - start);
            flat.narrow(0, start, length).copy_(values.narrow(0, 0, length) * scale);
        }

        if (name.Contains("norm", StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal))
        {
            destination.add_(1);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

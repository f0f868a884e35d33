using Sjc.Diffusion.Checkpoints;
using Sjc.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Networks.Layers;

/// <summary>A store of seeded normal values under given names and shapes.</summary>
internal sealed class TensorTable : ITensorStore
{
    private readonly Dictionary<string, float[]> values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorInfo> tensors = new(StringComparer.Ordinal);

    public string Name => "table";

    public IReadOnlyDictionary<string, TensorInfo> Tensors => tensors;

    /// <summary>Adds a tensor of seeded values.</summary>
    public TensorTable Add(string name, params long[] shape)
    {
        float[] random = new float[shape.Aggregate(1L, (product, extent) => product * extent)];
        new RandomKey(83, RandomStream.WeightInitialization, 0, (uint)tensors.Count).FillNormal(random);
        return Add(name, random, shape);
    }

    /// <summary>Adds a tensor of given values.</summary>
    public TensorTable Add(string name, float[] given, params long[] shape)
    {
        values.Add(name, given);
        tensors.Add(name, new TensorInfo(ScalarType.Float32, shape));
        return this;
    }

    /// <summary>The values under a name.</summary>
    public float[] Values(string name) => values[name];

    /// <summary>A reader of the whole table on the CPU.</summary>
    public WeightReader Reader(ScalarType dataType = ScalarType.Float32) => new(this, dataType, CPU);

    public void CopyTo(string name, Tensor destination)
    {
        using Tensor source = tensor(values[name], destination.shape);
        destination.copy_(source);
    }

    public void Dispose()
    {
    }
}

using Sjc.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.Layers;

/// <summary>A table of vectors.</summary>
/// <param name="weights">At the layer: weight [count, width].</param>
/// <param name="count">Entries.</param>
/// <param name="width">Of an entry.</param>
internal sealed class Embedding(WeightReader weights, long count, long width)
{
    private readonly Tensor weight = weights.Take("weight", count, width);

    /// <summary>All entries, [count, width].</summary>
    public Tensor Table => weight;

    /// <summary>i64 [… ] in [0, count) → […, width].</summary>
    public Tensor Forward(Tensor indices)
    {
        using DisposeScope scope = NewDisposeScope();
        return weight.index_select(0, indices.flatten()).view([.. indices.shape, width]).MoveToOuterDisposeScope();
    }
}

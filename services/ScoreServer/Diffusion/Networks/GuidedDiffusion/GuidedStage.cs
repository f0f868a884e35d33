using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.GuidedDiffusion;

/// <summary>Layers in a row: an entry of input_blocks, middle_block or output_blocks.</summary>
/// <param name="name">Of the entry.</param>
/// <param name="layers">(features, embedding) → features.</param>
internal sealed class GuidedStage(string name, params IReadOnlyList<Func<Tensor, Tensor, Tensor>> layers)
{
    /// <summary>Of the entry.</summary>
    public string Name { get; } = name;

    /// <summary>[n, c, h, w] → [n, c', h', w'].</summary>
    /// <param name="x">Features.</param>
    /// <param name="embedding">[n, width], SiLU applied.</param>
    public Tensor Forward(Tensor x, Tensor embedding)
    {
        using DisposeScope scope = NewDisposeScope();
        return layers.Aggregate(x, (features, layer) => layer(features, embedding)).MoveToOuterDisposeScope();
    }

    /// <summary>The same of [x, skip], which it disposes of.</summary>
    public Tensor ForwardJoined(Tensor x, Tensor skip, Tensor embedding)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor joined = cat([x, skip], 1);
        x.Dispose();
        skip.Dispose();
        return Forward(joined, embedding).MoveToOuterDisposeScope();
    }
}

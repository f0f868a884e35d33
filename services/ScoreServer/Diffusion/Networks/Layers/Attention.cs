using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.Layers;

/// <summary>softmax(q·kᵀ/√d)·v of several heads (Vaswani et al. 2017).</summary>
internal static class Attention
{
    /// <summary>Heads side by side in the last dimension.</summary>
    /// <param name="query">[n, length, heads · d].</param>
    /// <param name="key">[n, other length, heads · d].</param>
    /// <param name="value">[n, other length, heads · d].</param>
    /// <param name="heads">Divide the width.</param>
    /// <param name="causal">Whether a position sees itself and those before it alone.</param>
    /// <returns>[n, length, heads · d].</returns>
    public static Tensor Forward(Tensor query, Tensor key, Tensor value, long heads, bool causal = false)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor Split(Tensor x) => x.view(x.shape[0], x.shape[1], heads, x.shape[2] / heads).transpose(1, 2);
        Tensor mixed = functional.scaled_dot_product_attention(Split(query), Split(key), Split(value), is_casual: causal);
        return mixed.transpose(1, 2).reshape(query.shape).MoveToOuterDisposeScope();
    }

    /// <summary>Heads in a dimension of their own.</summary>
    /// <param name="query">[n, heads, length, d].</param>
    /// <param name="key">[n, heads, other length, d].</param>
    /// <param name="value">[n, heads, other length, d].</param>
    /// <returns>[n, heads, length, d].</returns>
    public static Tensor ForwardHeads(Tensor query, Tensor key, Tensor value) => functional.scaled_dot_product_attention(query, key, value);
}

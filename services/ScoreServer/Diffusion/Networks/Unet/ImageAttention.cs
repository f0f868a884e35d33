using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.Unet;

/// <summary>Self-attention over the pixels of a feature map, added to it: (x + projection(attention(norm(x))))·scale.</summary>
/// <param name="norm">Of the input.</param>
/// <param name="qkv">Queries, keys, values.</param>
/// <param name="projection">Of the result, [n, length, channels] → the same.</param>
/// <param name="outputScale">Factor on the sum.</param>
internal sealed class ImageAttention(GroupNorm norm, IQkvProjection qkv, Func<Tensor, Tensor> projection, double outputScale = 1)
{
    /// <summary>[n, c, h, w] → the same.</summary>
    public Tensor Forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor mixed = projection(Mix(norm.Forward(x).flatten(2).transpose(1, 2), qkv));
        Tensor sum = x + mixed.transpose(1, 2).reshape(x.shape);
        return (outputScale == 1 ? sum : sum * outputScale).MoveToOuterDisposeScope();
    }

    /// <summary>The heads' results side by side: [n, length, channels] → the same.</summary>
    internal static Tensor Mix(Tensor tokens, IQkvProjection qkv)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor query, Tensor key, Tensor value) = qkv.Forward(tokens);
        return Attention.ForwardHeads(query, key, value).transpose(1, 2).reshape(tokens.shape).MoveToOuterDisposeScope();
    }
}

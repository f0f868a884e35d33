using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>A transformer over the pixels of a feature map, added to it.</summary>
/// <remarks>Its projections are 1×1 convolutions in SD 1.x and linear layers in 2.x: the same sums, so they are linear layers here.</remarks>
internal sealed class SpatialTransformer
{
    // Of the norm in front, unlike the 10⁻⁵ of the ResNet blocks.
    private const double NormEpsilon = 1e-6;

    private readonly GroupNorm norm;
    private readonly Linear proj_in;
    private readonly TransformerBlock[] transformer_blocks;
    private readonly Linear proj_out;

    /// <summary>Takes the weights.</summary>
    /// <param name="weights">At the transformer.</param>
    /// <param name="channels">Of the feature map, and width of the tokens.</param>
    /// <param name="contextWidth">Of the prompt's tokens.</param>
    /// <param name="heads">Of each attention.</param>
    /// <param name="depth">Blocks.</param>
    /// <param name="groups">Of the norm.</param>
    public SpatialTransformer(WeightReader weights, long channels, long contextWidth, long heads, int depth, long groups)
    {
        norm = new GroupNorm(weights.Scope(nameof(norm)), groups, channels, NormEpsilon);
        proj_in = new Linear(weights.Scope(nameof(proj_in)), channels, channels);
        transformer_blocks = [.. Enumerable.Range(0, depth).Select(i => new TransformerBlock(weights.Scope($"{nameof(transformer_blocks)}.{i}"), channels, contextWidth, heads))];
        proj_out = new Linear(weights.Scope(nameof(proj_out)), channels, channels);
    }

    /// <summary>[n, c, h, w] and the prompt's [n, tokens, context width] → [n, c, h, w].</summary>
    public Tensor Forward(Tensor x, Tensor context)
    {
        using DisposeScope scope = NewDisposeScope();
        (long n, long c, long height, long width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        Tensor tokens = proj_in.Forward(norm.Forward(x).permute(0, 2, 3, 1).reshape(n, height * width, c));
        foreach (TransformerBlock block in transformer_blocks)
        {
            tokens = block.Forward(tokens, context);
        }

        return proj_out.Forward(tokens).view(n, height, width, c).permute(0, 3, 1, 2).add(x).MoveToOuterDisposeScope();
    }
}

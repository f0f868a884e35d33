using Sjc.Diffusion.Networks.Layers;
using Sjc.Diffusion.Networks.Unet;

namespace Sjc.Diffusion.Networks.Edm;

/// <summary>One resolution of a decoder.</summary>
/// <param name="Before">Without skips: two blocks at the lowest resolution, else the one that doubles it.</param>
/// <param name="Blocks">Each with a skip, in order.</param>
/// <param name="OutputNorm">Before the convolution to the output; null: this resolution makes none.</param>
/// <param name="Output">To the output.</param>
internal sealed record EdmDecoderLevel(IReadOnlyList<AttentiveBlock> Before, IReadOnlyList<AttentiveBlock> Blocks, GroupNorm? OutputNorm, Conv2d? Output);

using Sjc.Diffusion.Networks.Layers;
using Sjc.Diffusion.Networks.Unet;

namespace Sjc.Diffusion.Networks.Edm;

/// <summary>One resolution of an encoder.</summary>
/// <param name="Down">Halves the resolution; null at the first.</param>
/// <param name="Input">Of the input's pyramid; null: none.</param>
/// <param name="Blocks">In order.</param>
internal sealed record EdmEncoderLevel(AttentiveBlock? Down, Conv2d? Input, IReadOnlyList<AttentiveBlock> Blocks);

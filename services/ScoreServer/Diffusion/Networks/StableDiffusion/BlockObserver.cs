using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>Told of a network's intermediate results as they come to be: for comparison with other implementations, and for timing.</summary>
/// <param name="block">The block's name in diffusers, such as "down_blocks.0.resnets.1".</param>
/// <param name="output">Its output; valid during the call.</param>
public delegate void BlockObserver(string block, Tensor output);

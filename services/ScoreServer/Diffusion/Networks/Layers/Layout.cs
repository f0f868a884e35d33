using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.Layers;

/// <summary>How images lie in memory.</summary>
internal static class Layout
{
    /// <summary>The same image with the channels of a pixel side by side; convolutions and norms then keep to it.</summary>
    /// <param name="x">[n, c, h, w].</param>
    /// <returns>[n, c, h, w], with strides of [n, h, w, c].</returns>
    public static Tensor ChannelsLast(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        return x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }
}

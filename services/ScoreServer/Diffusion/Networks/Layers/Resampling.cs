using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.Layers;

/// <summary>Changes of resolution by 2 without weights.</summary>
internal static class Resampling
{
    private static readonly double[] Twice = [2, 2];

    /// <summary>Each pixel four times: [n, c, h, w] → [n, c, 2h, 2w].</summary>
    public static Tensor Doubled(Tensor x) => functional.interpolate(x, scale_factor: Twice, mode: InterpolationMode.Nearest);

    /// <summary>Means of 2×2 pixels: [n, c, h, w] → [n, c, h/2, w/2].</summary>
    public static Tensor Halved(Tensor x) => functional.avg_pool2d(x, 2);
}

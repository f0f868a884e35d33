using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.Unet;

/// <summary>Changes of resolution by 2 with a separable filter (Karras et al. 2020, StyleGAN2; Song et al. 2021): halving filters and drops, doubling
/// puts zeros between and filters.</summary>
/// <remarks>[1, 1] is the mean of 2×2 pixels and the nearest neighbour. The filter is symmetric: convolution and correlation agree.</remarks>
internal sealed class FirResampling : IDisposable
{
    private readonly bool isBox;
    private readonly long[] padding;
    private readonly Tensor halving;
    private readonly Tensor doubling;

    /// <summary>A filter on the device and in the type of a network's weights.</summary>
    /// <param name="weights">Of the network.</param>
    /// <param name="taps">An even number, symmetric; normalised here.</param>
    /// <exception cref="InvalidDataException">The taps are none, odd in number or asymmetric.</exception>
    public FirResampling(WeightReader weights, IReadOnlyList<double> taps)
    {
        double sum = taps.Sum();
        if (taps.Count == 0 || taps.Count % 2 != 0 || !taps.SequenceEqual(taps.Reverse()) || sum == 0)
        {
            throw new InvalidDataException($"The resampling filter must be even in length, symmetric and of a sum that is not 0, but is [{string.Join(", ", taps)}].");
        }

        isBox = taps.Count == 2;
        Padding = (taps.Count - 1) / 2;
        padding = [Padding, Padding];
        using DisposeScope scope = NewDisposeScope();
        Tensor row = tensor(taps.Select(tap => tap / sum).ToArray());
        Tensor kernel = outer(row, row).view(1, 1, taps.Count, taps.Count);
        halving = kernel.to(weights.DataType).to(weights.Device).DetachFromDisposeScope();

        // Three of four pixels are zeros before the filter: 4 keeps the mean.
        doubling = (kernel * 4).to(weights.DataType).to(weights.Device).DetachFromDisposeScope();
    }

    /// <summary>Zeros around an image that <see cref="Halved"/> adds before it filters.</summary>
    public int Padding { get; }

    /// <summary>[n, c, h, w] → [n, c, h/2, w/2].</summary>
    public Tensor Halved(Tensor x) => isBox
        ? Resampling.Halved(x)
        : PerChannel(x, plane => functional.conv2d(plane, halving, strides: [2, 2], padding: padding));

    /// <summary>The same on an image that has its zeros: [n, c, h + 2p, w + 2p] → [n, c, h/2, w/2], p = <see cref="Padding"/>.</summary>
    public Tensor HalvedUnpadded(Tensor x) => isBox
        ? Resampling.Halved(x)
        : PerChannel(x, plane => functional.conv2d(plane, halving, strides: [2, 2]));

    /// <summary>[n, c, h, w] → [n, c, 2h, 2w].</summary>
    public Tensor Doubled(Tensor x) => isBox
        ? Resampling.Doubled(x)
        : PerChannel(x, plane => functional.conv_transpose2d(plane, doubling, strides: [2, 2], padding: padding));

    /// <inheritdoc/>
    public void Dispose()
    {
        halving.Dispose();
        doubling.Dispose();
    }

    private static Tensor PerChannel(Tensor x, Func<Tensor, Tensor> filter)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor y = filter(x.reshape(x.shape[0] * x.shape[1], 1, x.shape[2], x.shape[3]));
        return y.view(x.shape[0], x.shape[1], y.shape[2], y.shape[3]).MoveToOuterDisposeScope();
    }
}

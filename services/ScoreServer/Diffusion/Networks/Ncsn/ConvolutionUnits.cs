using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.Ncsn;

/// <summary>RefineNet's residual convolution units (Lin et al. 2017): x + conv(act(conv(act(x)))), one after the other.</summary>
internal sealed class ConvolutionUnits
{
    private readonly Func<Tensor, Tensor> activation;
    private readonly (Conv2d First, Conv2d Second)[] units;

    /// <summary>Takes the weights.</summary>
    /// <param name="weights">At the units: "1_1_conv", "1_2_conv", "2_1_conv", ….</param>
    /// <param name="channels">Of input and output.</param>
    /// <param name="count">Units.</param>
    /// <param name="activation">Before each convolution.</param>
    public ConvolutionUnits(WeightReader weights, int channels, int count, Func<Tensor, Tensor> activation)
    {
        this.activation = activation;
        Conv2d Convolution(int unit, int which) => new(weights.Scope($"{unit}_{which}_conv"), channels, channels, 3, bias: false);
        units = [.. Enumerable.Range(1, count).Select(unit => (Convolution(unit, 1), Convolution(unit, 2)))];
    }

    /// <summary>[n, channels, h, w] → the same.</summary>
    public Tensor Forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach ((Conv2d first, Conv2d second) in units)
        {
            x = second.Forward(activation(first.Forward(activation(x)))) + x;
        }

        return x.MoveToOuterDisposeScope();
    }
}

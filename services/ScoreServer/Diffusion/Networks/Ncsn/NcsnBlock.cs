using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.Ncsn;

/// <summary>NCSNv2's residual block: norm, activation, 3×3 convolution, twice, added to the input.</summary>
internal sealed class NcsnBlock
{
    private readonly Func<Tensor, Tensor> activation;
    private readonly InstanceNormPlus norm1;
    private readonly Conv2d conv1;
    private readonly InstanceNormPlus norm2;
    private readonly Conv2d conv2;
    private readonly Conv2d? shortcut;
    private readonly bool halves;

    /// <summary>Takes the weights.</summary>
    /// <param name="weights">At the block.</param>
    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="down">Halves the resolution, or, with a dilation, has a convolution in its shortcut instead.</param>
    /// <param name="dilation">Of the convolutions; 1: none.</param>
    /// <param name="activation">After the norms.</param>
    public NcsnBlock(WeightReader weights, int inputs, int outputs, bool down, int dilation, Func<Tensor, Tensor> activation)
    {
        this.activation = activation;
        halves = down && dilation == 1;
        int between = down ? inputs : outputs;

        // What halves lies in a module of its own, and so do its weights.
        string nested = halves ? ".conv" : "";
        norm1 = new InstanceNormPlus(weights.Scope("normalize1"), inputs);
        conv1 = new Conv2d(weights.Scope("conv1"), inputs, between, 3, padding: dilation, dilation: dilation);
        norm2 = new InstanceNormPlus(weights.Scope("normalize2"), between);
        conv2 = new Conv2d(weights.Scope($"conv2{nested}"), between, outputs, 3, padding: dilation, dilation: dilation);
        if (down || inputs != outputs)
        {
            shortcut = dilation == 1
                ? new Conv2d(weights.Scope($"shortcut{nested}"), inputs, outputs, 1)
                : new Conv2d(weights.Scope("shortcut"), inputs, outputs, 3, padding: dilation, dilation: dilation);
        }
    }

    /// <summary>[n, inputs, h, w] → [n, outputs, h', w'].</summary>
    public Tensor Forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = conv1.Forward(activation(norm1.Forward(x)));
        h = conv2.Forward(activation(norm2.Forward(h)));
        h += shortcut?.Forward(x) ?? x;
        return (halves ? Resampling.Halved(h) : h).MoveToOuterDisposeScope();
    }
}

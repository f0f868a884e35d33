using Sjc.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.Layers;

/// <summary>A two-dimensional convolution with a square kernel.</summary>
internal sealed class Conv2d
{
    private readonly Tensor weight;
    private readonly Tensor? bias;
    private readonly long[] stride;
    private readonly long[] padding;
    private readonly long[] dilation;

    /// <summary>Takes the weights.</summary>
    /// <param name="weights">At the layer: weight [outputs, inputs, kernel, kernel], bias [outputs].</param>
    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="kernel">Pixels across and down.</param>
    /// <param name="stride">Step in pixels.</param>
    /// <param name="padding">Zeros around the input; null: such that stride 1 keeps the size.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="dilation">Step in pixels between the kernel's entries.</param>
    public Conv2d(WeightReader weights, long inputs, long outputs, long kernel, long stride = 1, long? padding = null, bool bias = true, long dilation = 1)
    {
        weight = weights.Take("weight", outputs, inputs, kernel, kernel);
        this.bias = bias ? weights.Take("bias", outputs) : null;
        this.stride = [stride, stride];
        long around = padding ?? (kernel / 2);
        this.padding = [around, around];
        this.dilation = [dilation, dilation];
    }

    /// <summary>[n, inputs, h, w] → [n, outputs, h', w'].</summary>
    public Tensor Forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        return functional.conv2d(weight.shape[2] > 1 ? Layout.ForConvolution(x) : x, weight, bias, stride, padding, dilation).MoveToOuterDisposeScope();
    }
}

using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.Ncsn;

/// <summary>A block of RefineNet (Lin et al. 2017): adapts each input, brings them to the finest input's resolution, sums, pools in a chain, and convolves.</summary>
internal sealed class RefineBlock
{
    private const int PoolStages = 2;

    private readonly Func<Tensor, Tensor> activation;
    private readonly ConvolutionUnits[] adapt;
    private readonly Conv2d[] fuse;
    private readonly Conv2d[] pool;
    private readonly ConvolutionUnits output;

    /// <summary>Takes the weights.</summary>
    /// <param name="weights">At the block.</param>
    /// <param name="inputs">Channels of each input, the finest first.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="isLast">It has three units at its end instead of one.</param>
    /// <param name="activation">Before convolutions.</param>
    public RefineBlock(WeightReader weights, IReadOnlyList<int> inputs, int outputs, bool isLast, Func<Tensor, Tensor> activation)
    {
        this.activation = activation;
        adapt = [.. inputs.Select((channels, i) => new ConvolutionUnits(weights.Scope($"adapt_convs.{i}"), channels, 2, activation))];
        fuse = inputs.Count > 1 ? [.. inputs.Select((channels, i) => new Conv2d(weights.Scope($"msf.convs.{i}"), channels, outputs, 3))] : [];
        pool = [.. Enumerable.Range(0, PoolStages).Select(i => new Conv2d(weights.Scope($"crp.convs.{i}"), outputs, outputs, 3, bias: false))];
        output = new ConvolutionUnits(weights.Scope("output_convs"), outputs, isLast ? 3 : 1, activation);
    }

    /// <summary>The inputs, the finest first → [n, outputs, h, w] at the finest's resolution.</summary>
    public Tensor Forward(params IReadOnlyList<Tensor> inputs)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] size = [inputs[0].shape[2], inputs[0].shape[3]];
        Tensor h = fuse.Length == 0
            ? adapt[0].Forward(inputs[0])
            : inputs.Select((input, i) => Enlarged(fuse[i].Forward(adapt[i].Forward(input)), size)).Aggregate((sum, next) => sum + next);
        h = activation(h);
        Tensor path = h;
        foreach (Conv2d convolution in pool)
        {
            path = convolution.Forward(functional.max_pool2d(path, 5, stride: 1, padding: 2));
            h = path + h;
        }

        return output.Forward(h).MoveToOuterDisposeScope();
    }

    private static Tensor Enlarged(Tensor x, long[] size) => x.shape[2] == size[0] && x.shape[3] == size[1]
        ? x
        : functional.interpolate(x, size, mode: InterpolationMode.Bilinear, align_corners: true);
}

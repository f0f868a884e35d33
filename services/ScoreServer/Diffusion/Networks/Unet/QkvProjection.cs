using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.Unet;

/// <summary>Queries, keys and values of all heads by one projection.</summary>
/// <param name="weights">At the projection.</param>
/// <param name="channels">Of the input.</param>
/// <param name="heads">Divide the channels.</param>
/// <param name="order">Of the projection's channels.</param>
internal sealed class QkvProjection(WeightReader weights, int channels, int heads, QkvOrder order) : IQkvProjection
{
    private readonly Linear linear = new(weights, channels, 3 * channels);

    /// <inheritdoc/>
    public (Tensor Query, Tensor Key, Tensor Value) Forward(Tensor tokens)
    {
        (long n, long length) = (tokens.shape[0], tokens.shape[1]);
        long width = channels / heads;
        Tensor all = linear.Forward(tokens);
        (Tensor split, int part) = order switch
        {
            QkvOrder.HeadPartDimension => (all.view(n, length, heads, 3, width), 3),
            QkvOrder.PartHeadDimension => (all.view(n, length, 3, heads, width), 2),
            _ => (all.view(n, length, heads, width, 3), 4),
        };
        Tensor Part(long index) => split.select(part, index).transpose(1, 2);
        return (Part(0), Part(1), Part(2));
    }
}

using Sjc.Diffusion.Checkpoints;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.Unet;

/// <summary>Queries, keys and values of one head by a matrix each (score_sde).</summary>
/// <param name="weights">At the attention: q, k, v.</param>
/// <param name="channels">Of the input.</param>
internal sealed class SeparateQkvProjection(WeightReader weights, int channels) : IQkvProjection
{
    private readonly NetworkInNetwork query = new(weights.Scope("q"), channels, channels);
    private readonly NetworkInNetwork key = new(weights.Scope("k"), channels, channels);
    private readonly NetworkInNetwork value = new(weights.Scope("v"), channels, channels);

    /// <inheritdoc/>
    public (Tensor Query, Tensor Key, Tensor Value) Forward(Tensor tokens) =>
        (query.Forward(tokens).unsqueeze(1), key.Forward(tokens).unsqueeze(1), value.Forward(tokens).unsqueeze(1));
}

using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.Unet;

/// <summary>Makes queries, keys and values.</summary>
internal interface IQkvProjection
{
    /// <summary>[n, length, channels] → three times [n, heads, length, channels/heads], in the caller's dispose scope.</summary>
    (Tensor Query, Tensor Key, Tensor Value) Forward(Tensor tokens);
}

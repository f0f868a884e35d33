using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.Ncsn;

/// <summary>Instance normalisation that keeps the channels' means, normalised among themselves (Song and Ermon 2019, appendix A, InstanceNorm++):
/// γ·(norm(x) + α·(μ − mean μ)/√(var μ + ε)) + β.</summary>
/// <param name="weights">At the norm: alpha, gamma, beta.</param>
/// <param name="channels">Of the input.</param>
internal sealed class InstanceNormPlus(WeightReader weights, int channels)
{
    private const double Epsilon = 1e-5;

    private readonly Tensor alpha = weights.TakeAs(NormPrecision.TypeFor(weights), "alpha", channels);
    private readonly Tensor gamma = weights.TakeAs(NormPrecision.TypeFor(weights), "gamma", channels);
    private readonly Tensor beta = weights.TakeAs(NormPrecision.TypeFor(weights), "beta", channels);

    /// <summary>[n, channels, h, w] → the same shape and type.</summary>
    public Tensor Forward(Tensor x) => NormPrecision.Apply(x, alpha.dtype, Normalize);

    private Tensor Normalize(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor means = x.mean([2, 3]);
        Tensor centre = means.mean([-1], keepdim: true);
        Tensor variance = means.var(-1, unbiased: true, keepdim: true);
        Tensor offsets = alpha * (means - centre) / (variance + Epsilon).sqrt();
        Tensor h = functional.instance_norm(x, eps: Epsilon) + offsets.unsqueeze(-1).unsqueeze(-1);
        return addcmul(beta.view(1, -1, 1, 1), gamma.view(1, -1, 1, 1), h, 1).MoveToOuterDisposeScope();
    }
}

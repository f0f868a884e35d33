using Sjc.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.Layers;

/// <summary>Normalises in a wide type: means and variances of half-precision activations are neither summed nor divided in half precision.</summary>
internal static class NormPrecision
{
    /// <summary>Type of a norm's scale and offset: float64 in a float64 network, else float32.</summary>
    public static ScalarType TypeFor(WeightReader weights) => weights.DataType == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    /// <summary>Widens, normalises, narrows.</summary>
    public static Tensor Apply(Tensor x, ScalarType wideType, Func<Tensor, Tensor> normalize)
    {
        if (x.dtype == wideType)
        {
            return normalize(x);
        }

        using DisposeScope scope = NewDisposeScope();
        return normalize(x.to(wideType)).to(x.dtype).MoveToOuterDisposeScope();
    }
}

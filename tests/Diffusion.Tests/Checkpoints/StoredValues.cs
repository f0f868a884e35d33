using System.Runtime.InteropServices;
using Sjc.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Checkpoints;

/// <summary>Reads tensors of a store as float64.</summary>
internal static class StoredValues
{
    public static double[] Doubles(this ITensorStore store, string name)
    {
        using Tensor tensor = empty([.. store.Tensors[name].Shape], dtype: ScalarType.Float64);
        store.CopyTo(name, tensor);
        return MemoryMarshal.Cast<byte, double>(tensor.bytes).ToArray();
    }
}

using Sjc.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.Layers;

/// <summary>[sin, cos] of 2π·label·W with random, fixed frequencies W (Tancik et al. 2020).</summary>
/// <remarks>The phase reaches thousands of radians: it is formed in float64.</remarks>
internal sealed class FourierEmbedding
{
    private readonly double[] frequencies;

    /// <summary>Takes the frequencies.</summary>
    /// <param name="weights">Holds W.</param>
    /// <param name="name">W's name.</param>
    /// <param name="count">Frequencies.</param>
    public FourierEmbedding(WeightReader weights, string name, int count)
    {
        Tensor taken = weights.TakeAs(ScalarType.Float64, name, count);
        using DisposeScope scope = NewDisposeScope();
        frequencies = taken.device_type == DeviceType.META ? new double[count] : taken.cpu().data<double>().ToArray();
    }

    /// <summary>The embedding of each label.</summary>
    /// <param name="labels">[n].</param>
    /// <param name="dataType">Of the result.</param>
    /// <param name="device">Of the result.</param>
    /// <returns>[n, 2 · count].</returns>
    public Tensor Forward(ReadOnlySpan<double> labels, ScalarType dataType, Device device)
    {
        int count = frequencies.Length;
        double[,] values = new double[labels.Length, 2 * count];
        for (int row = 0; row < labels.Length; row++)
        {
            for (int i = 0; i < count; i++)
            {
                (values[row, i], values[row, count + i]) = Math.SinCos(2 * Math.PI * labels[row] * frequencies[i]);
            }
        }

        return tensor(values, dtype: dataType, device: device);
    }
}

using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.Layers;

/// <summary>cos and sin of noise labels at geometric frequencies; the families differ in order and spacing.</summary>
internal sealed class SinusoidalEmbedding
{
    private readonly double[] frequencies;
    private readonly bool sineFirst;
    private readonly int width;

    /// <summary>An embedding.</summary>
    /// <param name="width">Of the result; where it is odd, its last entry is 0.</param>
    /// <param name="sineFirst">[sin, cos] instead of [cos, sin].</param>
    /// <param name="includesEnd">The least frequency is 1/maxPeriod instead of one step before it: 10000^(−i/(half−1)) instead of 10000^(−i/half).</param>
    /// <param name="maxPeriod">In radians over 2π.</param>
    public SinusoidalEmbedding(int width, bool sineFirst, bool includesEnd, double maxPeriod = 10_000)
    {
        this.width = width;
        this.sineFirst = sineFirst;
        int half = width / 2;
        int steps = includesEnd ? Math.Max(1, half - 1) : half;
        frequencies = [.. Enumerable.Range(0, half).Select(i => Math.Pow(maxPeriod, -(double)i / steps))];
    }

    /// <summary>Guided diffusion, Stable Diffusion and EDM's DhariwalUNet: [cos, sin], 10000^(−i/half).</summary>
    public static SinusoidalEmbedding Diffusion(int width) => new(width, sineFirst: false, includesEnd: false);

    /// <summary>Ho et al. 2020, score_sde and EDM's SongUNet: [sin, cos], 10000^(−i/(half−1)).</summary>
    public static SinusoidalEmbedding ScoreSde(int width) => new(width, sineFirst: true, includesEnd: true);

    /// <summary>The embedding of each label; the angles are computed in float64.</summary>
    /// <param name="labels">[n].</param>
    /// <param name="dataType">Of the result.</param>
    /// <param name="device">Of the result.</param>
    /// <returns>[n, width].</returns>
    public Tensor Forward(ReadOnlySpan<double> labels, ScalarType dataType, Device device)
    {
        int half = frequencies.Length;
        double[,] values = new double[labels.Length, width];
        for (int row = 0; row < labels.Length; row++)
        {
            for (int i = 0; i < half; i++)
            {
                (double sine, double cosine) = Math.SinCos(labels[row] * frequencies[i]);
                values[row, i] = sineFirst ? sine : cosine;
                values[row, half + i] = sineFirst ? cosine : sine;
            }
        }

        return tensor(values, dtype: dataType, device: device);
    }
}

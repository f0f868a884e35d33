namespace Sjc.Numerics.Resize;

/// <summary>The linear map of a bilinear resize along one axis: each target position is a weighted run of source positions.</summary>
internal sealed class ResizeAxis
{
    private readonly int[] first;
    private readonly double[][] weights;

    /// <summary>The map from <paramref name="source"/> to <paramref name="target"/> positions; see <see cref="BilinearResize"/> for its formula.</summary>
    public ResizeAxis(int source, int target, bool antialias)
    {
        first = new int[target];
        weights = new double[target][];
        double scale = (double)source / target;
        for (int i = 0; i < target; i++)
        {
            (first[i], weights[i]) = antialias ? Triangle(i, scale, source) : Interpolate(i, scale, source);
        }
    }

    /// <summary>The first source position that target position <paramref name="i"/> reads.</summary>
    public int First(int i) => first[i];

    /// <summary>Weights of the run of source positions that target position <paramref name="i"/> reads; they sum to 1.</summary>
    public ReadOnlySpan<double> Weights(int i) => weights[i];

    private static (int First, double[] Weights) Interpolate(int i, double scale, int source)
    {
        double position = Math.Max(((i + 0.5) * scale) - 0.5, 0);
        int lower = Math.Min((int)position, source - 1);
        double fraction = position - lower;

        // At the far edge the upper neighbour is the edge itself.
        return lower == source - 1 ? (lower, [1.0]) : (lower, [1 - fraction, fraction]);
    }

    private static (int First, double[] Weights) Triangle(int i, double scale, int source)
    {
        double support = Math.Max(scale, 1);
        double centre = scale * (i + 0.5);
        int begin = Math.Max((int)(centre - support + 0.5), 0);
        int end = Math.Min((int)(centre + support + 0.5), source);
        double[] run = new double[end - begin];
        double sum = 0;
        for (int j = begin; j < end; j++)
        {
            run[j - begin] = Math.Max(0, 1 - (Math.Abs(j - centre + 0.5) / support));
            sum += run[j - begin];
        }

        for (int j = 0; j < run.Length; j++)
        {
            run[j] /= sum;
        }

        return (begin, run);
    }
}

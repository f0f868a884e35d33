namespace Sjc.Numerics.Resize;

/// <summary>Bilinear resizing of planes, and its adjoint (the transpose of the linear map).</summary>
/// <remarks>
/// Pixel centres lie at i + ½. Without antialias: source position max((i + ½)·n_src/n_dst − ½, 0), the upper neighbour clamped to the edge.
/// With antialias: a triangle of half-width S = max(n_src/n_dst, 1) round (i + ½)·n_src/n_dst, clipped at the edges and normalised.
/// Sums are in double. Instances hold the weights alone and may be shared between threads.
/// </remarks>
public sealed class BilinearResize
{
    private readonly ResizeAxis rows;
    private readonly ResizeAxis columns;
    private readonly (int Height, int Width) source;
    private readonly (int Height, int Width) target;

    /// <summary>The resize between two sizes.</summary>
    /// <param name="source">Height and width of the source planes, pixels.</param>
    /// <param name="target">Height and width of the target planes, pixels.</param>
    /// <param name="antialias">Whether to average over the source pixels that a target pixel covers.</param>
    /// <exception cref="ArgumentException">An extent is not positive.</exception>
    public BilinearResize((int Height, int Width) source, (int Height, int Width) target, bool antialias = false)
    {
        RequirePositive(source, nameof(source));
        RequirePositive(target, nameof(target));
        this.source = source;
        this.target = target;
        rows = new ResizeAxis(source.Height, target.Height, antialias);
        columns = new ResizeAxis(source.Width, target.Width, antialias);
    }

    /// <summary>Resizes planes.</summary>
    /// <param name="image">[planes, source height, source width].</param>
    /// <param name="resized">Receives [planes, target height, target width].</param>
    /// <exception cref="ArgumentException">The lengths are not the same number of planes.</exception>
    public void Forward(ReadOnlySpan<float> image, Span<float> resized)
    {
        int planes = PlaneCount(image.Length, resized.Length);
        for (int plane = 0; plane < planes; plane++)
        {
            ReadOnlySpan<float> from = image.Slice(plane * source.Height * source.Width, source.Height * source.Width);
            Span<float> to = resized.Slice(plane * target.Height * target.Width, target.Height * target.Width);
            for (int i = 0; i < target.Height; i++)
            {
                for (int j = 0; j < target.Width; j++)
                {
                    to[(i * target.Width) + j] = (float)Gather(from, i, j);
                }
            }
        }
    }

    /// <summary>Adds to <paramref name="imageGrad"/> the transpose of the resize applied to <paramref name="resizedGrad"/>.</summary>
    /// <param name="resizedGrad">∂L/∂resized, [planes, target height, target width].</param>
    /// <param name="imageGrad">Receives ∂L/∂image in addition to what it holds, [planes, source height, source width].</param>
    /// <exception cref="ArgumentException">The lengths are not the same number of planes.</exception>
    public void Adjoint(ReadOnlySpan<float> resizedGrad, Span<float> imageGrad)
    {
        int planes = PlaneCount(imageGrad.Length, resizedGrad.Length);
        double[] sum = new double[source.Height * source.Width];
        for (int plane = 0; plane < planes; plane++)
        {
            sum.AsSpan().Clear();
            ReadOnlySpan<float> from = resizedGrad.Slice(plane * target.Height * target.Width, target.Height * target.Width);
            for (int i = 0; i < target.Height; i++)
            {
                for (int j = 0; j < target.Width; j++)
                {
                    Scatter(from[(i * target.Width) + j], i, j, sum);
                }
            }

            Span<float> to = imageGrad.Slice(plane * sum.Length, sum.Length);
            for (int k = 0; k < sum.Length; k++)
            {
                to[k] += (float)sum[k];
            }
        }
    }

    private double Gather(ReadOnlySpan<float> plane, int i, int j)
    {
        double sum = 0;
        ReadOnlySpan<double> rowWeights = rows.Weights(i);
        ReadOnlySpan<double> columnWeights = columns.Weights(j);
        for (int y = 0; y < rowWeights.Length; y++)
        {
            ReadOnlySpan<float> run = plane.Slice(((rows.First(i) + y) * source.Width) + columns.First(j), columnWeights.Length);
            double along = 0;
            for (int x = 0; x < run.Length; x++)
            {
                along += columnWeights[x] * run[x];
            }

            sum += rowWeights[y] * along;
        }

        return sum;
    }

    private void Scatter(double value, int i, int j, Span<double> plane)
    {
        ReadOnlySpan<double> rowWeights = rows.Weights(i);
        ReadOnlySpan<double> columnWeights = columns.Weights(j);
        for (int y = 0; y < rowWeights.Length; y++)
        {
            Span<double> run = plane.Slice(((rows.First(i) + y) * source.Width) + columns.First(j), columnWeights.Length);
            for (int x = 0; x < run.Length; x++)
            {
                run[x] += rowWeights[y] * columnWeights[x] * value;
            }
        }
    }

    private int PlaneCount(int sourceLength, int targetLength)
    {
        int planes = sourceLength / (source.Height * source.Width);
        if (sourceLength != planes * source.Height * source.Width || targetLength != planes * target.Height * target.Width)
        {
            throw new ArgumentException(
                $"The spans must hold the same number of {source.Height}×{source.Width} and {target.Height}×{target.Width} planes, but hold {sourceLength} and {targetLength} values.");
        }

        return planes;
    }

    private static void RequirePositive((int Height, int Width) extents, string name)
    {
        if (extents.Height < 1 || extents.Width < 1)
        {
            throw new ArgumentException($"{name} must be at least 1×1, but is {extents.Height}×{extents.Width}.", name);
        }
    }
}

using Sjc.Diffusion.Guidance;

namespace Sjc.Diffusion.Scoring;

/// <summary>A query as rows of the network, and back: a batcher mixes rows of many queries and never looks inside them.</summary>
/// <remarks>Rows are in order of image, draw, and within a guided draw condition before negative condition. A row's contents depend on its
/// query alone, never on what it is batched with.</remarks>
public static class ScoreRows
{
    /// <summary>Rows that a query takes: images × draws, twice where it is guided.</summary>
    public static int RowCount(ScoreQuery query) => query.ImageCount * query.Draws * (query.IsGuided ? 2 : 1);

    /// <summary>Writes what the network sees in one row.</summary>
    /// <param name="query">The query.</param>
    /// <param name="row">In [0, <see cref="RowCount"/>).</param>
    /// <param name="noisy">Receives x, with the draw's noise where the estimator perturbs, [c, h, w].</param>
    /// <returns>The row's σ and condition.</returns>
    /// <exception cref="ArgumentException">The row is out of range, the span's length is not c·h·w, or guidance lacks its negative conditions.</exception>
    public static (double Sigma, Condition Condition) WriteRow(ScoreQuery query, int row, Span<float> noisy)
    {
        RequireRow(query, row, noisy.Length);
        int rowsPerDraw = query.IsGuided ? 2 : 1;
        int draw = row / rowsPerDraw;
        int image = draw / query.Draws;
        WriteNoisy(query, image, draw, noisy);
        Condition condition = row % rowsPerDraw == 0 ? query.Conditions[image] : query.NegativeConditions[image];
        return (query.Sigmas[image], condition);
    }

    /// <summary>Turns the denoised rows into the query's answer.</summary>
    /// <param name="query">The query.</param>
    /// <param name="denoisedRows">D of every row, [rows, c, h, w].</param>
    /// <exception cref="ArgumentException">The span's length is not rows · c·h·w.</exception>
    public static ScoreResult Combine(ScoreQuery query, ReadOnlySpan<float> denoisedRows)
    {
        int size = query.DataShape.ElementCount;
        int expected = RowCount(query) * size;
        if (denoisedRows.Length != expected)
        {
            throw new ArgumentException($"{nameof(denoisedRows)} must hold {expected} values, but holds {denoisedRows.Length}.", nameof(denoisedRows));
        }

        float[] gradient = new float[query.Images.Length];
        float[] score = new float[query.Images.Length];
        float[] denoised = new float[query.Images.Length];
        double[] sum = new double[size];
        double[] difference = new double[size];
        for (int image = 0; image < query.ImageCount; image++)
        {
            sum.AsSpan().Clear();
            difference.AsSpan().Clear();
            for (int draw = image * query.Draws; draw < (image + 1) * query.Draws; draw++)
            {
                AddDraw(query, image, draw, denoisedRows, sum, difference);
            }

            double sigma = query.Sigmas[image];
            int start = image * size;
            WideSums.Divide(sum, query.Draws, denoised.AsSpan(start, size));
            WideSums.Divide(difference, query.Draws * sigma, gradient.AsSpan(start, size));
            WideSums.Divide(difference, query.Draws * sigma * sigma, score.AsSpan(start, size));
        }

        return new ScoreResult(gradient, score, denoised);
    }

    /// <summary>Adds one draw's guided D to <paramref name="sum"/>, and D − x (or D − x − σn) to <paramref name="difference"/>.</summary>
    private static void AddDraw(ScoreQuery query, int image, int draw, ReadOnlySpan<float> denoisedRows, double[] sum, double[] difference)
    {
        int size = query.DataShape.ElementCount;
        int row = draw * (query.IsGuided ? 2 : 1);
        ReadOnlySpan<float> conditional = denoisedRows.Slice(row * size, size);
        ReadOnlySpan<float> negative = query.IsGuided ? denoisedRows.Slice((row + 1) * size, size) : conditional;
        ReadOnlySpan<float> origin = query.Images.AsSpan(image * size, size);
        if (query.Estimator is ScoreEstimator.PerturbAndAverage { VarianceReduction: false })
        {
            float[] noisy = new float[size];
            WriteNoisy(query, image, draw, noisy);
            origin = noisy;
        }

        (float min, float max) = query.ClampDenoised ?? (float.NegativeInfinity, float.PositiveInfinity);
        WideSums.Add(conditional, negative, query.GuidanceScale, min, max, origin, sum, difference);
    }

    private static void WriteNoisy(ScoreQuery query, int image, int draw, Span<float> noisy)
    {
        int size = query.DataShape.ElementCount;
        ReadOnlySpan<float> clean = query.Images.AsSpan(image * size, size);
        if (query.Estimator is not ScoreEstimator.PerturbAndAverage perturb)
        {
            clean.CopyTo(noisy);
            return;
        }

        perturb.Noise.Fill(perturb.Iteration, (uint)draw, noisy);
        double sigma = query.Sigmas[image];
        for (int i = 0; i < size; i++)
        {
            noisy[i] = (float)(clean[i] + (sigma * noisy[i]));
        }
    }

    private static void RequireRow(ScoreQuery query, int row, int length)
    {
        int rows = RowCount(query);
        if ((uint)row >= (uint)rows)
        {
            throw new ArgumentException($"{nameof(row)} must be in [0, {rows}), but is {row}.", nameof(row));
        }

        if (length != query.DataShape.ElementCount)
        {
            throw new ArgumentException($"noisy must hold {query.DataShape.ElementCount} values, but holds {length}.", nameof(length));
        }

        if (query.IsGuided && query.NegativeConditions.Count == 0)
        {
            throw new ArgumentException($"{nameof(query)} must have {nameof(query.NegativeConditions)} where the guidance scale is not 1, but has none.", nameof(query));
        }
    }
}

using System.Numerics;

namespace Sjc.Services.Tests.ScoreServer.Batching;

/// <summary>How many rows a tenant that always has work can be behind its weight's part, on paper.</summary>
/// <remarks>
/// Of k tenants S with a part r(S) of the weights, let Σ(S) be the rows they are behind together, and most[k] its bound; that of all is 0. A batch of B rows,
/// with images of up to g, changes Σ(S) by at most r(S)·B less what S gets of it. Its lane is that of f, the furthest behind, whose turns come first.
/// <list type="number">
/// <item>f is not in S: before it Σ(S) ≤ k/(k + 1)·Σ(S + f), as f was no less behind than they, and after it Σ(S) ≤ k/(k + 1)·most[k + 1] + r(S)·B.</item>
/// <item>f is in S, and its next image did not fit: the others got less than an image, f at least B − g + 1. Σ(S) does not grow if r(S)·B is no more. Else it
/// may, batch by batch, until the n − k others are a batch ahead each; what one gets beyond that is not counted, which only lowers the others: Σ(S) ≤ (n − k)·B.</item>
/// <item>f is in S, and had used its deficit up but for part of an image. If it was β behind and has got x, what the rounds allowed was at most
/// (g + x − β)/w(f) for weight 1, and nobody's deficit is negative: Σ(S) ≤ w(S')/w(f)·(g + x − β) + g, S' being the others. Also
/// Σ(S) ≤ (k − 1)/k·most[k] + β + r(S)·B − x. One falls and one grows with β − x; q = w(S')/(w(S') + w(f)) of the second and 1 − q of the first make
/// Σ(S) ≤ q·((k − 1)/k·most[k] + r(S)·B) + g.</item>
/// </list>
/// Rows of a turn do not enter: the order is found anew for each batch. Images do, by g: where each batch is one tenant's, the bound is B·Σₖ r(the k heaviest)/k, k &lt; n,
/// which two tenants reach, and n of equal weights with (n − 1)/n·B. A request alone in its pass is such a batch. Its rows are charged after they are taken, with the
/// rounds that allow them, which change nobody's place. One that leaves and comes back is outside of this: it may gain a round's rows.
/// </remarks>
internal static class FairnessBound
{
    /// <summary>Rows that no tenant is behind by more.</summary>
    /// <param name="weights">Of tenants that always have work, few.</param>
    /// <param name="batchRows">B.</param>
    /// <param name="imageRows">g.</param>
    public static double Of(ReadOnlySpan<int> weights, int batchRows, int imageRows)
    {
        int n = weights.Length;
        Span<double> most = stackalloc double[n + 1];
        most.Clear();
        for (int k = n - 1; k >= 1; k--)
        {
            for (uint set = 1; set < 1u << n; set++)
            {
                if (BitOperations.PopCount(set) == k)
                {
                    (double part, double lightest) = PartsOf(set, weights);
                    most[k] = Math.Max(most[k], Math.Min((n - k) * batchRows, OfSet(k, part, lightest, most[k + 1], batchRows, imageRows)));
                }
            }
        }

        return most[1];
    }

    private static double OfSet(int k, double part, double lightest, double next, int batchRows, int imageRows)
    {
        if (part * batchRows > batchRows - imageRows + 1)
        {
            return double.PositiveInfinity;
        }

        double notFirst = (k * next / (k + 1)) + (part * batchRows);
        double q = (1 - part) / (1 - part + lightest);
        double exhausted = ((q * part * batchRows) + imageRows) / (1 - (q * (k - 1) / k));
        return Math.Max(notFirst, exhausted);
    }

    /// <summary>The weights of a set, and the least of them, of all.</summary>
    private static (double Part, double Lightest) PartsOf(uint set, ReadOnlySpan<int> weights)
    {
        double all = 0;
        double sum = 0;
        double least = double.PositiveInfinity;
        for (int i = 0; i < weights.Length; i++)
        {
            all += weights[i];
            if ((set >> i & 1) == 1)
            {
                sum += weights[i];
                least = Math.Min(least, weights[i]);
            }
        }

        return (sum / all, least / all);
    }
}

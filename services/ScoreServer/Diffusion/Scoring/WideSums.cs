using System.Runtime.Intrinsics;
using Sjc.Diffusion.Guidance;

namespace Sjc.Diffusion.Scoring;

/// <summary>Sums of float32 pictures in double, eight values at a time, with the bits of one at a time.</summary>
internal static class WideSums
{
    /// <summary>Adds a draw's guided D to a sum, and its way from the origin to another.</summary>
    /// <param name="conditional">D under the condition.</param>
    /// <param name="negative">D under the negative condition, as long as the first, like all that follow.</param>
    /// <param name="scale">Guidance, as <see cref="ClassifierFreeGuidance.Combine"/> takes it.</param>
    /// <param name="min">Least value of the guided D.</param>
    /// <param name="max">Greatest value of the guided D.</param>
    /// <param name="origin">What D is seen from.</param>
    /// <param name="sum">Gains D.</param>
    /// <param name="difference">Gains D − origin.</param>
    public static void Add(
        ReadOnlySpan<float> conditional,
        ReadOnlySpan<float> negative,
        double scale,
        double min,
        double max,
        ReadOnlySpan<float> origin,
        Span<double> sum,
        Span<double> difference)
    {
        int i = 0;
        for (; i + Vector512<double>.Count <= sum.Length; i += Vector512<double>.Count)
        {
            Vector512<double> value = Widen(conditional[i..]);
            if (scale != 1)
            {
                Vector512<double> from = Widen(negative[i..]);
                value = from + (scale * (value - from));
            }

            value = Vector512.Min(Vector512.Max(value, Vector512.Create(min)), Vector512.Create(max));
            (Vector512.Create(sum[i..]) + value).CopyTo(sum[i..]);
            (Vector512.Create(difference[i..]) + (value - Widen(origin[i..]))).CopyTo(difference[i..]);
        }

        for (; i < sum.Length; i++)
        {
            double value = Math.Min(Math.Max(ClassifierFreeGuidance.Combine(conditional[i], negative[i], scale), min), max);
            sum[i] += value;
            difference[i] += value - origin[i];
        }
    }

    /// <summary>Quotients, rounded to float32.</summary>
    /// <param name="values">In double.</param>
    /// <param name="divisor">Of all of them.</param>
    /// <param name="quotients">As many.</param>
    public static void Divide(ReadOnlySpan<double> values, double divisor, Span<float> quotients)
    {
        int i = 0;
        for (; i + Vector512<float>.Count <= values.Length; i += Vector512<float>.Count)
        {
            Vector512<double> low = Vector512.Create(values[i..]) / divisor;
            Vector512<double> high = Vector512.Create(values[(i + Vector512<double>.Count)..]) / divisor;
            Vector512.Narrow(low, high).CopyTo(quotients[i..]);
        }

        for (; i < values.Length; i++)
        {
            quotients[i] = (float)(values[i] / divisor);
        }
    }

    private static Vector512<double> Widen(ReadOnlySpan<float> values)
    {
        Vector256<float> narrow = Vector256.Create(values);
        (Vector256<double> low, Vector256<double> high) = Vector256.Widen(narrow);
        return Vector512.Create(low, high);
    }
}

using Sjc.Golden;

namespace Sjc.RadianceField.Tests;

/// <summary>Comparisons with golden values: the README's relative rule, or the file's own tolerances.</summary>
internal static class GoldenTolerance
{
    /// <summary>Relative to the golden value, with the tolerance as an absolute floor for values under 1.</summary>
    internal static void AssertRelative(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance, string name)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double bound = tolerance * Math.Max(1, Math.Abs(expected[i]));
            Assert.True(Math.Abs(expected[i] - actual[i]) <= bound, $"{name}[{i}] must be {expected[i]:R} within {bound:G3}, but is {actual[i]:R}.");
        }
    }

    /// <summary>Within <c>tol.{tensor}</c> at every element and within <c>rms.{tensor}</c> in the root mean square; NaN where golden is NaN.</summary>
    internal static void AssertWithinFile(GoldenCase golden, string tensor, ReadOnlySpan<float> actual)
    {
        double[] widened = new double[actual.Length];
        for (int i = 0; i < actual.Length; i++)
        {
            widened[i] = actual[i];
        }

        AssertWithinFile(golden, tensor, widened);
    }

    /// <inheritdoc cref="AssertWithinFile(GoldenCase, string, ReadOnlySpan{float})"/>
    internal static void AssertWithinFile(GoldenCase golden, string tensor, ReadOnlySpan<double> actual)
    {
        double[] expected = golden.Doubles(tensor);
        double tolerance = golden.Number($"tol.{tensor}") ?? throw new InvalidDataException($"{golden} must state tol.{tensor}.");
        double rmsTolerance = golden.Number($"rms.{tensor}") ?? double.PositiveInfinity;
        Assert.Equal(expected.Length, actual.Length);
        double squares = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (double.IsNaN(expected[i]))
            {
                Assert.True(double.IsNaN(actual[i]), $"{tensor}[{i}] must be NaN, but is {actual[i]:R}.");
                continue;
            }

            double error = Math.Abs(expected[i] - actual[i]);
            Assert.True(error <= tolerance, $"{tensor}[{i}] must be {expected[i]:R} within {tolerance:G3}, but is {actual[i]:R}.");
            squares += error * error;
        }

        double rms = Math.Sqrt(squares / expected.Length);
        Assert.True(rms <= rmsTolerance, $"The RMS error of {tensor} must be at most {rmsTolerance:G3}, but is {rms:G3}.");
    }
}

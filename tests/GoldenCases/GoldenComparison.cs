namespace Sjc.Golden;

/// <summary>Compares computed tensors with golden ones.</summary>
public static class GoldenComparison
{
    /// <summary>The case's groups (such as c0, c1 of <c>c0.cfg</c>): prefixes of metadata keys that end in the suffix, in order of name.</summary>
    public static IReadOnlyList<string> Groups(this GoldenCase golden, string suffix = ".cfg") =>
        [.. golden.Metadata.Keys.Where(key => key.EndsWith(suffix, StringComparison.Ordinal)).Select(key => key[..^suffix.Length]).Order(StringComparer.Ordinal)];

    /// <summary>Compares with a tensor within its <c>tol.</c> (greatest error) and <c>rms.</c> (root mean square error), where the case gives them.</summary>
    /// <returns>Null where they agree, else what is wrong.</returns>
    public static string? Mismatch(this GoldenCase golden, string tensor, ReadOnlySpan<double> actual)
    {
        double tolerance = golden.Number("tol." + tensor) ?? throw new InvalidDataException($"{golden.Name} must hold tol.{tensor}, but does not.");
        return Mismatch($"{golden.Name}/{tensor}", golden.Doubles(tensor), actual, _ => tolerance, golden.Number("rms." + tensor));
    }

    /// <summary>Compares with expected values, each within its own tolerance; NaN equals NaN.</summary>
    /// <returns>Null where they agree, else what is wrong.</returns>
    public static string? Mismatch(string name, ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, Func<double, double> tolerance, double? maxRms = null)
    {
        if (actual.Length != expected.Length)
        {
            return $"{name} must have {expected.Length} values, but has {actual.Length}.";
        }

        double sum = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs(actual[i] - expected[i]);
            bool bothNaN = double.IsNaN(actual[i]) && double.IsNaN(expected[i]);
            if (!bothNaN && !(error <= tolerance(expected[i])))
            {
                return $"{name}[{i}] must be {expected[i]:R} within {tolerance(expected[i]):G3}, but is {actual[i]:R}.";
            }

            sum += bothNaN ? 0 : error * error;
        }

        double rms = Math.Sqrt(sum / Math.Max(1, expected.Length));
        return maxRms is double bound && !(rms <= bound) ? $"{name} must have an RMS error of at most {bound:G3}, but has {rms:G3}." : null;
    }
}

namespace Sjc.Benchmarks.Scoring;

/// <summary>Order statistics.</summary>
internal static class Statistics
{
    /// <summary>The value below which a part of the values lies; NaN where there are none.</summary>
    public static double Percentile(IEnumerable<double> values, double part)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[Math.Min((int)(part * sorted.Length), sorted.Length - 1)];
    }
}

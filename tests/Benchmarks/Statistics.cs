namespace Sjc.Benchmarks;

/// <summary>Order statistics.</summary>
public static class Statistics
{
    /// <summary>The middle value, or the mean of the two middle ones; NaN where there are none.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The value below which a part of the values lies; NaN where there are none.</summary>
    public static double Percentile(IEnumerable<double> values, double part)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[Math.Min((int)(part * sorted.Length), sorted.Length - 1)];
    }
}

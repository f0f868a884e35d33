namespace Sjc.Cli.Pictures;

/// <summary>Maps values to pixels, linearly or by logarithm, and chooses round ticks.</summary>
internal sealed class PlotAxis
{
    private readonly double low;
    private readonly double high;

    private PlotAxis(double low, double high, bool logarithmic)
    {
        this.low = low;
        this.high = high;
        Logarithmic = logarithmic;
    }

    /// <summary>Whether equal distances are equal ratios.</summary>
    public bool Logarithmic { get; }

    /// <summary>An axis that holds all finite values; on a logarithmic axis only positive ones count.</summary>
    public static PlotAxis Covering(IEnumerable<double> values, bool logarithmic)
    {
        double[] used = [.. values.Where(value => double.IsFinite(value) && (!logarithmic || value > 0)).Select(value => logarithmic ? Math.Log10(value) : value)];
        (double low, double high) = used.Length > 0 ? (used.Min(), used.Max()) : (0, 1);
        double margin = high > low ? 0.05 * (high - low) : Math.Max(0.5 * Math.Abs(high), 0.5);
        return new PlotAxis(low - margin, high + margin, logarithmic);
    }

    /// <summary>A linear axis from exactly <paramref name="low"/> to <paramref name="high"/>.</summary>
    public static PlotAxis Between(double low, double high) => new(low, high > low ? high : low + 1, logarithmic: false);

    /// <summary>Where a value lies, 0 at the low end and 1 at the high end; NaN where it has no place.</summary>
    public double Position(double value)
    {
        double place = Logarithmic ? (value > 0 ? Math.Log10(value) : double.NaN) : value;
        return (place - low) / (high - low);
    }

    /// <summary>About <paramref name="wanted"/> round values within the axis, with their labels.</summary>
    public IEnumerable<(double Value, string Label)> Ticks(int wanted)
    {
        double[] values = Logarithmic ? [.. LogarithmicTicks(wanted)] : [.. LinearTicks(low, high, wanted)];
        return values.Select(value => (value, Label(value)));
    }

    private static string Label(double value) => value == 0 ? "0" : Math.Abs(value) is >= 1e-3 and < 1e5 ? value.ToString("0.####") : value.ToString("0.#e0");

    private static IEnumerable<double> LinearTicks(double low, double high, int wanted)
    {
        double raw = (high - low) / wanted;
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double step = new[] { 1.0, 2, 5, 10 }.First(factor => factor * power >= raw * 0.999) * power;
        for (double index = Math.Ceiling(low / step); index * step <= high; index++)
        {
            yield return Math.Round(index * step, 12);
        }
    }

    private IEnumerable<double> LogarithmicTicks(int wanted)
    {
        // Powers of ten where there are enough of them, else 1, 2 and 5 of each decade, else as on a linear axis.
        foreach (double[] mantissas in (double[][])[[1], [1, 2, 5]])
        {
            double[] ticks =
            [
                .. Enumerable.Range((int)Math.Floor(low), (int)(Math.Ceiling(high) - Math.Floor(low)) + 1)
                    .SelectMany(exponent => mantissas.Select(mantissa => mantissa * Math.Pow(10, exponent)))
                    .Where(value => Position(value) is >= 0 and <= 1),
            ];
            if (ticks.Length >= Math.Min(3, wanted))
            {
                int every = ((ticks.Length - 1) / (wanted * 2)) + 1;
                return ticks.Where((_, index) => index % every == 0);
            }
        }

        return LinearTicks(Math.Pow(10, low), Math.Pow(10, high), wanted).Where(value => value > 0);
    }
}

namespace Sjc.ScoreServer.Batching;

/// <summary>How fast a device is at its best, by key: what takes longer than this says cannot be done in time.</summary>
internal sealed class DeviceRates
{
    /// <summary>Weight of a slower batch; a faster one counts at once.</summary>
    private const double Decay = 0.05;

    private readonly Dictionary<BatchKey, double> _secondsPerRow = [];
    private double _latest;

    /// <summary>The time of rows of a key; zero until a batch of it was observed.</summary>
    public TimeSpan TimeOf(BatchKey key, int rows) => TimeSpan.FromSeconds(rows * _secondsPerRow.GetValueOrDefault(key));

    /// <summary>The time of rows of whatever ran last.</summary>
    public TimeSpan TimeOf(int rows) => TimeSpan.FromSeconds(rows * _latest);

    /// <summary>Learns from a batch.</summary>
    public void Observe(BatchKey key, int rows, TimeSpan elapsed)
    {
        double sample = elapsed.TotalSeconds / rows;
        double known = _secondsPerRow.GetValueOrDefault(key);
        _latest = known == 0 || sample < known ? sample : known + (Decay * (sample - known));
        _secondsPerRow[key] = _latest;
    }
}

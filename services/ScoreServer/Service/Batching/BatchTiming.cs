namespace Sjc.ScoreServer.Batching;

/// <summary>Where the time of a batch went.</summary>
/// <param name="Transfer">Rows to the device and back.</param>
/// <param name="Compute">In the network.</param>
internal readonly record struct BatchTiming(TimeSpan Transfer, TimeSpan Compute)
{
    public TimeSpan Total => Transfer + Compute;

    public static BatchTiming operator +(BatchTiming a, BatchTiming b) => new(a.Transfer + b.Transfer, a.Compute + b.Compute);
}

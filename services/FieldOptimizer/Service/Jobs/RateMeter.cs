namespace Sjc.FieldOptimizer.Jobs;

/// <summary>Iterations per second over the last seconds. For one thread.</summary>
internal sealed class RateMeter(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);
    private readonly Queue<long> ends = new([time.GetTimestamp()]);

    /// <summary>An iteration ended.</summary>
    /// <returns>The rate now.</returns>
    public double Tick()
    {
        long now = time.GetTimestamp();
        ends.Enqueue(now);
        while (ends.Count > 2 && time.GetElapsedTime(ends.Peek(), now) > Window)
        {
            ends.Dequeue();
        }

        double seconds = time.GetElapsedTime(ends.Peek(), now).TotalSeconds;
        return seconds > 0 ? (ends.Count - 1) / seconds : 0;
    }
}

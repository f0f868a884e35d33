namespace Sjc.ScoreServer.Batching;

/// <summary>The queues' clock: time since the server's start, which no change of the system's clock moves.</summary>
internal sealed class BatchClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    public TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>A deadline of a call on this clock; <see cref="TimeSpan.MaxValue"/> for none.</summary>
    public TimeSpan Of(DateTime deadline) => deadline == DateTime.MaxValue ? TimeSpan.MaxValue : Now + (deadline.ToUniversalTime() - time.GetUtcNow().UtcDateTime);
}

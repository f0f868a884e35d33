using System.Diagnostics;
using Sjc.ScoreServer.Telemetry;

namespace Sjc.ScoreServer.Batching;

/// <summary>Spans of a batch: one of its own that links to its requests, and in each request's trace the wait and the network.</summary>
internal static class BatchTraces
{
    /// <summary>Records what a batch did, after it was done.</summary>
    public static void Record(Batch<DenoiseWork> batch, IReadOnlyList<BatchSlice<DenoiseWork>> slices, BatchTiming timing)
    {
        if (!ScoreServerTraces.Source.HasListeners())
        {
            return;
        }

        DateTimeOffset end = DateTimeOffset.UtcNow;
        DateTimeOffset start = end - timing.Total;
        IEnumerable<ActivityLink> links = slices.Select(slice => slice.Item.Trace).Where(trace => trace != default).Select(trace => new ActivityLink(trace));
        using Activity? whole = ScoreServerTraces.Source.StartActivity("batch", ActivityKind.Internal, default(ActivityContext), [new("sjc.model", batch.Key.Model), new("sjc.rows", batch.Rows)], links, start);
        whole?.SetTag("sjc.end", batch.End.ToString());
        whole?.SetEndTime(end.UtcDateTime);
        foreach (BatchSlice<DenoiseWork> slice in slices.Where(slice => slice.Item.Trace != default))
        {
            Span("queue", slice.Item, start - slice.Item.QueueTime, start, whole);
            Span("network", slice.Item, start, end, whole);
        }
    }

    private static void Span(string name, DenoiseWork work, DateTimeOffset start, DateTimeOffset end, Activity? batch)
    {
        ActivityLink[] links = batch is null ? [] : [new ActivityLink(batch.Context)];
        using Activity? span = ScoreServerTraces.Source.StartActivity(name, ActivityKind.Internal, work.Trace, [new("sjc.rows", work.Rows)], links, start);
        span?.SetEndTime(end.UtcDateTime);
    }
}

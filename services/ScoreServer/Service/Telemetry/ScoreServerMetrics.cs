using System.Diagnostics.Metrics;

namespace Sjc.ScoreServer.Telemetry;

/// <summary>What the server counts, under the meter "Sjc.ScoreServer".</summary>
internal sealed class ScoreServerMetrics
{
    public const string MeterName = "Sjc.ScoreServer";

    private readonly Meter _meter;
    private readonly Histogram<int> _batchRows;
    private readonly Histogram<double> _batchSeconds;
    private readonly Counter<long> _refusedRows;

    public ScoreServerMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _batchRows = _meter.CreateHistogram<int>("sjc.score.batch.rows", "{row}", "Rows of a batch.");
        _batchSeconds = _meter.CreateHistogram<double>("sjc.score.batch.duration", "s", "Time of a batch on the device.");
        _refusedRows = _meter.CreateCounter<long>("sjc.score.refused.rows", "{row}", "Rows refused because the queue was full.");
    }

    public void RunBatch(string model, int rows, TimeSpan elapsed)
    {
        KeyValuePair<string, object?> tag = new("model", model);
        _batchRows.Record(rows, tag);
        _batchSeconds.Record(elapsed.TotalSeconds, tag);
    }

    public void RefuseRows(int rows) => _refusedRows.Add(rows);

    /// <summary>Watches a device's queue.</summary>
    public void ObserveQueue(string device, Func<int> queuedRows) =>
        _meter.CreateObservableGauge(
            "sjc.score.queue.rows", () => new Measurement<int>(queuedRows(), new KeyValuePair<string, object?>("device", device)), "{row}", "Rows that wait for a device.");
}

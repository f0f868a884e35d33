using System.Diagnostics.Metrics;

namespace Sjc.ScoreServer.Telemetry;

/// <summary>What the server counts, under the meter "Sjc.ScoreServer"; docs/operations.md explains each.</summary>
internal sealed class ScoreServerMetrics
{
    public const string MeterName = "Sjc.ScoreServer";

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
    };

    private static readonly InstrumentAdvice<int> RowCounts = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 128, 256] };

    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _requestSeconds;
    private readonly Histogram<double> _queueSeconds;
    private readonly Histogram<double> _transferSeconds;
    private readonly Histogram<double> _computeSeconds;
    private readonly Histogram<int> _batchRows;
    private readonly Counter<long> _batches;
    private readonly Counter<long> _rows;
    private readonly Counter<long> _tenantRows;
    private readonly Counter<long> _paddingRows;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _cancelled;
    private readonly UpDownCounter<int> _streams;

    public ScoreServerMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _requests = _meter.CreateCounter<long>("sjc.score.requests", "{request}", "Requests that were answered, by call and by the answer's code.");
        _requestSeconds = _meter.CreateHistogram("sjc.score.request.duration", "s", "From a request's arrival to its answer.", advice: Seconds);
        _queueSeconds = _meter.CreateHistogram("sjc.score.queue.duration", "s", "From a request's acceptance to the launch of its last batch.", advice: Seconds);
        _transferSeconds = _meter.CreateHistogram("sjc.score.batch.transfer.duration", "s", "Of a batch: rows to the device and back.", advice: Seconds);
        _computeSeconds = _meter.CreateHistogram("sjc.score.batch.compute.duration", "s", "Of a batch: in the network.", advice: Seconds);
        _batchRows = _meter.CreateHistogram("sjc.score.batch.rows", "{row}", "Rows of a batch, without padding.", advice: RowCounts);
        _batches = _meter.CreateCounter<long>("sjc.score.batches", "{batch}", "Batches, by why they took no more rows.");
        _rows = _meter.CreateCounter<long>("sjc.score.rows", "{row}", "Rows accepted, by kind.");
        _tenantRows = _meter.CreateCounter<long>("sjc.score.tenant.rows", "{row}", "Rows accepted, by tenant; \"anonymous\" for those without an identity, \"others\" for those beyond the labels.");
        _paddingRows = _meter.CreateCounter<long>("sjc.score.padding.rows", "{row}", "Rows that filled deterministic batches up.");
        _refused = _meter.CreateCounter<long>("sjc.score.refused", "{request}", "Requests refused, by reason.");
        _cancelled = _meter.CreateCounter<long>("sjc.score.cancelled", "{request}", "Accepted requests that were given up, by where they were.");
        _streams = _meter.CreateUpDownCounter<int>("sjc.score.streams", "{stream}", "Open streams.");
    }

    /// <summary>A batch ran.</summary>
    public void RunBatch(string model, string end, int rows, int paddingRows, TimeSpan transfer, TimeSpan compute)
    {
        KeyValuePair<string, object?> tag = new("model", model);
        _batches.Add(1, tag, new("end", end));
        _batchRows.Record(rows, tag);
        _transferSeconds.Record(transfer.TotalSeconds, tag);
        _computeSeconds.Record(compute.TotalSeconds, tag);
        _paddingRows.Add(paddingRows, tag);
    }

    /// <summary>A request was accepted.</summary>
    public void Accept(string model, string tenant, bool guided, int rows)
    {
        _rows.Add(rows, new("model", model), new("kind", guided ? "guided" : "unguided"));
        _tenantRows.Add(rows, new KeyValuePair<string, object?>("tenant", tenant));
    }

    /// <summary>A request was answered.</summary>
    public void Answer(string call, string code, TimeSpan elapsed)
    {
        KeyValuePair<string, object?> tag = new("call", call);
        _requests.Add(1, tag, new("code", code));
        _requestSeconds.Record(elapsed.TotalSeconds, tag);
    }

    /// <summary>A request waited.</summary>
    public void Wait(string model, TimeSpan elapsed) => _queueSeconds.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("model", model));

    /// <summary>A request was refused.</summary>
    public void Refuse(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>An accepted request was given up.</summary>
    public void Cancel(string stage) => _cancelled.Add(1, new KeyValuePair<string, object?>("stage", stage));

    /// <summary>A stream was opened (1) or ended (−1).</summary>
    public void CountStream(int change) => _streams.Add(change);

    /// <summary>Watches counts that others keep.</summary>
    public void ObserveCount(string name, string unit, string description, Func<long> measure) => _meter.CreateObservableCounter(name, measure, unit, description);

    /// <summary>Watches values that others keep.</summary>
    public void Observe<T>(string name, string unit, string description, Func<IEnumerable<Measurement<T>>> measure)
        where T : struct => _meter.CreateObservableGauge(name, measure, unit, description);
}

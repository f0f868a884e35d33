using Sjc.Contracts.Score.V1;

namespace Sjc.Benchmarks.Scoring;

/// <summary>What closed-loop clients with one request in flight each got.</summary>
/// <param name="Clients">How many.</param>
/// <param name="RowsPerSecond">Rows answered.</param>
/// <param name="RawRowsPerSecond">What the bare network makes of batches of the sizes that formed.</param>
/// <param name="MeanBatchRows">Rows of a batch.</param>
/// <param name="LatencyP50">Seconds.</param>
/// <param name="LatencyP99">Seconds.</param>
internal sealed record ClosedLoopResult(int Clients, double RowsPerSecond, double RawRowsPerSecond, double MeanBatchRows, double LatencyP50, double LatencyP99)
{
    /// <summary>Runs the clients.</summary>
    public static async Task<ClosedLoopResult> MeasureAsync(ScorerLoad load, BareNetwork network, int clients, TimeSpan duration, CancellationToken cancellationToken)
    {
        (List<LoadAnswer>[] answers, TimeSpan elapsed) = await load.RunClosedAsync([.. Enumerable.Repeat(1, clients)], duration, cancellationToken);
        double rows = 0;
        double batches = 0;
        double rawSeconds = 0;
        List<double> latencies = [];
        foreach (LoadAnswer answer in answers.SelectMany(client => client))
        {
            ScoreTiming timing = (answer.Message.Response ?? throw new InvalidOperationException($"The scorer must answer, but refuses: {answer.Message.Status?.Message}")).Timing;

            // Each request stands for its part of the batch that it was in.
            double part = (double)timing.Rows / timing.BatchRows;
            rows += timing.Rows;
            batches += part;
            rawSeconds += part * network.SecondsOf((int)timing.BatchRows);
            latencies.Add(answer.Latency.TotalSeconds);
        }

        return new(clients, rows / elapsed.TotalSeconds, rows / rawSeconds, rows / batches, Statistics.Percentile(latencies, 0.5), Statistics.Percentile(latencies, 0.99));
    }

    public IEnumerable<ScorerFigure> Figures()
    {
        string name = Clients == 1 ? "1-client" : $"{Clients}-clients";
        yield return new(name, "rows_per_second", RowsPerSecond, "1/s");
        yield return new(name, "batch_rows", MeanBatchRows, string.Empty);
        yield return new(name, "served_over_raw", RowsPerSecond / RawRowsPerSecond, string.Empty);
        yield return new(name, "latency_p50", 1000 * LatencyP50, "ms");
        yield return new(name, "latency_p99", 1000 * LatencyP99, "ms");
    }
}

namespace Sjc.Benchmarks.Scoring;

/// <summary>What closed-loop clients with one request in flight each got, by turns with the bare network.</summary>
/// <param name="Clients">How many.</param>
/// <param name="Rounds">In their order.</param>
internal sealed record ClosedLoopResult(int Clients, IReadOnlyList<ClosedLoopRound> Rounds)
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);

    /// <summary>Rows answered.</summary>
    public double RowsPerSecond => Median(round => round.RowsPerSecond);

    /// <summary>Runs the clients, with the network's passes before and after each slice of theirs: the machine's speed drifts, and meets both.</summary>
    public static async Task<ClosedLoopResult> MeasureAsync(ScorerLoad load, BareNetwork network, int clients, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using ClosedLoops loops = new(load, [.. Enumerable.Repeat(1, clients)]);
        async Task<LoopAnswers[]> ServeAsync() => await loops.RunAsync(Settling, Slice, cancellationToken);

        // Opens the connections, compiles, and tells which batches form.
        RawPasses before = RawPasses.Measure(network, await ServeAsync(), cancellationToken);
        List<ClosedLoopRound> rounds = [];
        while (rounds.Count < Math.Max(3, duration / Slice))
        {
            LoopAnswers[] answers = await ServeAsync();
            RawPasses after = RawPasses.Measure(network, answers, cancellationToken);
            rounds.Add(ClosedLoopRound.Of(answers, before, after));
            before = after;
        }

        return new ClosedLoopResult(clients, rounds);
    }

    public IEnumerable<ScorerFigure> Figures()
    {
        string name = Clients == 1 ? "1-client" : $"{Clients}-clients";
        yield return new(name, "rows_per_second", RowsPerSecond, "1/s");
        yield return new(name, "batch_rows", Median(round => round.BatchRows), string.Empty);
        yield return new(name, "served_over_raw", Median(round => round.ServedOverRaw), string.Empty);
        yield return new(name, "served_over_raw_least", Rounds.Min(round => round.ServedOverRaw), string.Empty);
        yield return new(name, "served_over_raw_most", Rounds.Max(round => round.ServedOverRaw), string.Empty);
        yield return new(name, "pass_over_raw", Median(round => round.PassOverRaw), string.Empty);
        yield return new(name, "latency_p50", 1000 * Latency(0.5), "ms");
        yield return new(name, "latency_p99", 1000 * Latency(0.99), "ms");
    }

    private double Median(Func<ClosedLoopRound, double> value) => Statistics.Median(Rounds.Select(value));

    private double Latency(double part) => Statistics.Percentile(Rounds.SelectMany(round => round.Latencies), part);
}

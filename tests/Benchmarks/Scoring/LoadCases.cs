using System.Runtime.CompilerServices;

namespace Sjc.Benchmarks.Scoring;

/// <summary>The network alone, and scorers under loads that they can serve.</summary>
internal sealed class LoadCases(BareNetwork network, ScorerBenchmarkOptions options)
{
    private static readonly int[] Sizes = [1, 2, 4, 6, 8, 10, 12, 14, 16];
    private static readonly TimeSpan SizeDuration = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    /// <summary>Requests, and then passes: few, so that the machine's speed is the same for both.</summary>
    private const int TurnLength = 9;

    /// <summary>Passes of each size.</summary>
    public async IAsyncEnumerable<ScorerFigure> Raw([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int MinPasses = 20;
        options.Report("the bare network");
        foreach (int rows in Sizes)
        {
            double seconds = await Task.Run(() => network.Measure(rows, MinPasses, SizeDuration, cancellationToken), cancellationToken);
            yield return new($"raw-{rows}-rows", "rows_per_second", rows / seconds, "1/s");
            yield return new($"raw-{rows}-rows", "pass_p50", 1000 * seconds, "ms");
        }
    }

    /// <summary>One scorer under closed loops.</summary>
    public async IAsyncEnumerable<ScorerFigure> Served(bool clients, bool latency, bool fairness, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using ScorerProcess scorer = await options.StartScorer([options.ThreadsSetting], cancellationToken);
        ScorerLoad load = new(scorer.Address, network.Shape);
        options.Report("nothing yet: the scorer compiles what it runs often");
        await using (ClosedLoops loops = new(load, [.. Enumerable.Repeat(1, 16)]))
        {
            await loops.RunAsync(TimeSpan.Zero, WarmUp, cancellationToken);
        }

        foreach (int count in clients ? (int[])[1, 4, 16, 64] : [])
        {
            options.Report($"{count} clients");
            ClosedLoopResult result = await ClosedLoopResult.MeasureAsync(load, network, count, options.Duration, cancellationToken);
            foreach (ScorerFigure figure in result.Figures())
            {
                yield return figure;
            }
        }

        if (latency)
        {
            options.Report("added latency");
            yield return new("1-client", "added_latency_p50", await AddedLatencyAsync(load, cancellationToken), "ms");
        }

        if (fairness)
        {
            options.Report("fairness");
            foreach (ScorerFigure figure in await FairnessAsync(load, cancellationToken))
            {
                yield return figure;
            }
        }
    }

    /// <summary>A scorer that serves one request at a time against one that fills batches, by turns.</summary>
    public async IAsyncEnumerable<ScorerFigure> OneAtATime([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int Clients = 16;
        options.Report("one request at a time");
        using ScorerProcess batching = await options.StartScorer([options.ThreadsSetting], cancellationToken);
        using ScorerProcess single = await options.StartScorer([options.ThreadsSetting, $"--Batching:MaxBatchRows={ScorerLoad.Rows}"], cancellationToken);
        await using ClosedLoops many = new(new ScorerLoad(batching.Address, network.Shape), [.. Enumerable.Repeat(1, Clients)]);
        await using ClosedLoops one = new(new ScorerLoad(single.Address, network.Shape), [.. Enumerable.Repeat(1, Clients)]);
        List<double> rates = [];
        List<double> gains = [];
        for (int round = 0; round < 3; round++)
        {
            double batched = (await many.RunAsync(Settling, options.Duration / 2, cancellationToken)).Sum(loop => loop.RowsPerSecond);
            double rate = (await one.RunAsync(Settling, options.Duration / 2, cancellationToken)).Sum(loop => loop.RowsPerSecond);
            rates.Add(rate);
            gains.Add(batched / rate);
        }

        yield return new("one-at-a-time", "rows_per_second", Statistics.Median(rates), "1/s");
        yield return new("16-clients", "gain_over_one_at_a_time", Statistics.Median(gains), string.Empty);
    }

    /// <summary>Requests of one client and passes of as many rows by turns: the median of the turns' differences.</summary>
    private async Task<double> AddedLatencyAsync(ScorerLoad load, CancellationToken cancellationToken)
    {
        const int Unmeasured = 20;
        const int Turns = 100;
        List<double> added = [];
        await using LoadStream stream = new(load.Address);
        for (int turn = 0; turn < Unmeasured + Turns; turn++)
        {
            double served = await RequestAsync(stream, load, cancellationToken);
            double bare = network.Measure(ScorerLoad.Rows, TurnLength, TimeSpan.Zero, cancellationToken);
            if (turn >= Unmeasured)
            {
                added.Add(1000 * (served - bare));
            }
        }

        return Statistics.Median(added);
    }

    /// <summary>Median latency of some requests one after another, seconds; the first one is not counted, as that of the passes is not.</summary>
    private static async Task<double> RequestAsync(LoadStream stream, ScorerLoad load, CancellationToken cancellationToken)
    {
        List<double> latencies = [];
        for (int i = 0; i <= TurnLength; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            LoadAnswer answer = await await stream.SendAsync(load.Request((ulong)i));
            latencies.Add(answer.Latency.TotalSeconds);
        }

        return Statistics.Median(latencies[1..]);
    }

    /// <summary>One client with 64 requests in flight, one with a single one. Its wait is all that is not its own batch's time.</summary>
    private async Task<IEnumerable<ScorerFigure>> FairnessAsync(ScorerLoad load, CancellationToken cancellationToken)
    {
        await using ClosedLoops loops = new(load, [64, 1]);
        LoopAnswers[] answers = await loops.RunAsync(Settling, options.Duration + options.Duration, cancellationToken);
        LoadAnswer[] busy = [.. answers[..^1].SelectMany(loop => loop.Answers)];
        IReadOnlyList<LoadAnswer> modest = answers[^1].Answers;
        double batch = Statistics.Percentile(busy.Concat(modest).Select(answer => answer.Served.ComputeSeconds), 0.5);
        double wait = Statistics.Percentile(modest.Select(answer => answer.Latency.TotalSeconds - answer.Served.ComputeSeconds), 0.99);
        double latency = Statistics.Percentile(modest.Select(answer => answer.Latency.TotalSeconds), 0.99);
        return
        [
            new("fairness", "batch_p50", 1000 * batch, "ms"),
            new("fairness", "modest_p99_over_batch", wait / batch, string.Empty),
            new("fairness", "modest_latency_p99_over_batch", latency / batch, string.Empty),
            new("fairness", "busy_p50_over_batch", Statistics.Percentile(busy.Select(answer => answer.Latency.TotalSeconds), 0.5) / batch, string.Empty),
        ];
    }
}

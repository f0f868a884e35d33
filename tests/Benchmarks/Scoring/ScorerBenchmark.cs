using System.Runtime.CompilerServices;
using Sjc.Contracts.Score.V1;

namespace Sjc.Benchmarks.Scoring;

/// <summary>A scorer on this machine's processor against its network without a server: rates, latency, fairness, overload, memory.</summary>
/// <remarks>The clients run on the same cores as the scorer, and what they take is missing to it. With one thread for the network and two cores, one
/// core is left for the transport of both sides; a scorer whose network runs on a GPU has that by nature.</remarks>
public static class ScorerBenchmark
{
    private static readonly int[] Sizes = [1, 2, 4, 6, 8, 10, 12, 14, 16];
    private static readonly TimeSpan SizeDuration = TimeSpan.FromSeconds(0.5);

    /// <summary>Runs all cases.</summary>
    /// <exception cref="InvalidOperationException">A request that must be answered was refused.</exception>
    public static async IAsyncEnumerable<ScorerFigure> RunAsync(ScorerBenchmarkOptions options, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using BareNetwork network = new(options.Threads);
        foreach (ScorerFigure figure in Raw(network, options, cancellationToken))
        {
            yield return figure;
        }

        double rate16 = 0;
        string threads = $"--TorchThreads={options.Threads}";
        using (ScorerProcess scorer = await options.StartScorer([threads], cancellationToken))
        {
            ScorerLoad load = new(scorer.Address, network.Shape);
            foreach (int clients in (int[])[1, 4, 16, 64])
            {
                options.Report($"{clients} clients");
                ClosedLoopResult result = await ClosedLoopResult.MeasureAsync(load, network, clients, options.Duration, cancellationToken);
                rate16 = clients == 16 ? result.RowsPerSecond : rate16;
                foreach (ScorerFigure figure in result.Figures())
                {
                    yield return figure;
                }
            }

            options.Report("added latency");
            yield return new("1-client", "added_latency_p50", await AddedLatencyAsync(load, network, cancellationToken), "ms");
            options.Report("fairness");
            foreach (ScorerFigure figure in await FairnessAsync(load, options, cancellationToken))
            {
                yield return figure;
            }
        }

        options.Report("one request at a time");
        using (ScorerProcess scorer = await options.StartScorer([threads, $"--Batching:MaxBatchRows={ScorerLoad.Rows}"], cancellationToken))
        {
            ClosedLoopResult result = await ClosedLoopResult.MeasureAsync(new(scorer.Address, network.Shape), network, 16, options.Duration, cancellationToken);
            yield return new("one-at-a-time", "rows_per_second", result.RowsPerSecond, "1/s");
            yield return new("16-clients", "gain_over_one_at_a_time", rate16 / result.RowsPerSecond, string.Empty);
        }

        foreach (Func<IAsyncEnumerable<ScorerFigure>> part in (Func<IAsyncEnumerable<ScorerFigure>>[])
            [() => IdleStreamsAsync(network, options, threads, cancellationToken), () => OverloadAsync(network, options, threads, cancellationToken), () => OptimizersAsync(options, threads, cancellationToken)])
        {
            await foreach (ScorerFigure figure in part())
            {
                yield return figure;
            }
        }
    }

    private static IEnumerable<ScorerFigure> Raw(BareNetwork network, ScorerBenchmarkOptions options, CancellationToken cancellationToken)
    {
        options.Report("the bare network");
        foreach (int rows in Sizes)
        {
            double seconds = network.Measure(rows, SizeDuration, cancellationToken);
            yield return new($"raw-{rows}-rows", "rows_per_second", rows / seconds, "1/s");
            yield return new($"raw-{rows}-rows", "pass_p50", 1000 * seconds, "ms");
        }
    }

    /// <summary>By turns, so that a drift of the machine's speed meets both: requests of one client, and passes of as many rows.</summary>
    private static async Task<double> AddedLatencyAsync(ScorerLoad load, BareNetwork network, CancellationToken cancellationToken)
    {
        const int Turns = 20;
        const int Requests = 25;
        List<double> served = [];
        List<double> bare = [];
        await using LoadStream stream = new(load.Address);
        for (int turn = 0; turn < Turns; turn++)
        {
            for (int i = 0; i < Requests; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                LoadAnswer answer = await await stream.SendAsync(load.Request((ulong)i));
                served.Add(answer.Latency.TotalMilliseconds);
            }

            for (int i = 0; i < Requests; i++)
            {
                bare.Add(network.Pass(ScorerLoad.Rows).TotalMilliseconds);
            }
        }

        return Statistics.Percentile(served, 0.5) - Statistics.Percentile(bare, 0.5);
    }

    /// <summary>One client with 64 requests in flight, one with a single one. Its wait is all that is not its own batch's time.</summary>
    private static async Task<IEnumerable<ScorerFigure>> FairnessAsync(ScorerLoad load, ScorerBenchmarkOptions options, CancellationToken cancellationToken)
    {
        (List<LoadAnswer>[] answers, _) = await load.RunClosedAsync([64, 1], options.Duration + options.Duration, cancellationToken);
        double batch = Statistics.Percentile(answers.SelectMany(client => client).Select(Compute), 0.5);
        double wait = Statistics.Percentile(answers[1].Select(answer => answer.Latency.TotalSeconds - Compute(answer)), 0.99);
        double latency = Statistics.Percentile(answers[1].Select(answer => answer.Latency.TotalSeconds), 0.99);
        return
        [
            new("fairness", "batch_p50", 1000 * batch, "ms"),
            new("fairness", "modest_p99_over_batch", wait / batch, string.Empty),
            new("fairness", "modest_latency_p99_over_batch", latency / batch, string.Empty),
            new("fairness", "busy_p50_over_batch", Statistics.Percentile(answers[0].Select(answer => answer.Latency.TotalSeconds), 0.5) / batch, string.Empty),
        ];
    }

    private static double Compute(LoadAnswer answer) => (answer.Message.Response ?? throw new InvalidOperationException(
        $"The scorer must answer, but refuses: {answer.Message.Status?.Message}")).Timing.ComputeSeconds;

    private static async IAsyncEnumerable<ScorerFigure> IdleStreamsAsync(
        BareNetwork network, ScorerBenchmarkOptions options, string threads, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int Streams = 500;
        options.Report("idle streams");
        using ScorerProcess scorer = await options.StartScorer([threads], cancellationToken);
        ScorerLoad load = new(scorer.Address, network.Shape);
        await load.RunClosedAsync([4], TimeSpan.FromSeconds(1), cancellationToken);
        long before = scorer.ResidentBytes;
        List<LoadStream> streams = [];
        for (int i = 0; i < Streams; i++)
        {
            LoadStream stream = new(scorer.Address);
            streams.Add(stream);
            await await stream.SendAsync(new ScoreRequest()); // refused, and so the stream is open for certain
        }

        yield return new("idle-streams", "resident_per_stream", (scorer.ResidentBytes - before) / 1024.0 / Streams, "KiB");
        foreach (LoadStream stream in streams)
        {
            await stream.DisposeAsync();
        }
    }

    private static async IAsyncEnumerable<ScorerFigure> OverloadAsync(
        BareNetwork network, ScorerBenchmarkOptions options, string threads, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        options.Report("overload");

        // 64 clients keep the queue full without a refusal: that is the peak. The same scorer is then asked for ten times as much.
        using ScorerProcess scorer = await options.StartScorer([threads, "--Batching:QueueCapacityRows=128"], cancellationToken);
        ScorerLoad load = new(scorer.Address, network.Shape);
        ClosedLoopResult peak = await ClosedLoopResult.MeasureAsync(load, network, 64, options.Duration, cancellationToken);
        double peakRequests = peak.RowsPerSecond / ScorerLoad.Rows;
        OverloadResult result = await new Overload(load, scorer).RunAsync(10 * peakRequests, options.OverloadDuration, cancellationToken);
        double steady = Statistics.Percentile(result.ResidentBytes, 0.5);
        yield return new("overload", "offered_over_peak", result.Offered / peakRequests, string.Empty);
        yield return new("overload", "served_over_peak", result.Served / peakRequests, string.Empty);
        yield return new("overload", "refusal_p50", 1000 * Statistics.Percentile(result.RefusalSeconds, 0.5), "ms");
        yield return new("overload", "refusal_p99", 1000 * Statistics.Percentile(result.RefusalSeconds, 0.99), "ms");
        yield return new("overload", "resident_steady", steady / 1024 / 1024, "MiB");
        yield return new("overload", "resident_deviation", result.ResidentBytes.Max(bytes => Math.Abs(bytes - steady)) / steady, string.Empty);
    }

    private static async IAsyncEnumerable<ScorerFigure> OptimizersAsync(
        ScorerBenchmarkOptions options, string threads, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (options.Optimizers == 0)
        {
            yield break;
        }

        options.Report($"{options.Optimizers} optimizers");
        using ScorerProcess scorer = await options.StartScorer([threads], cancellationToken);
        await options.RunJobs(scorer.Address, 1, true, cancellationToken); // starts and compiles what there is to be
        TimeSpan oneByOne = await options.RunJobs(scorer.Address, options.Optimizers, false, cancellationToken);
        TimeSpan together = await options.RunJobs(scorer.Address, options.Optimizers, true, cancellationToken);
        string name = $"{options.Optimizers}-optimizers";
        yield return new(name, "one_after_another", oneByOne.TotalSeconds, "s");
        yield return new(name, "together", together.TotalSeconds, "s");
        yield return new(name, "wall_clock_ratio", oneByOne / together, string.Empty);
    }
}

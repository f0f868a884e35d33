using System.Runtime.CompilerServices;
using Sjc.Contracts.Score.V1;

namespace Sjc.Benchmarks.Scoring;

/// <summary>Scorers with many streams, with more work than they can serve, and under many optimizers.</summary>
internal sealed class LimitCases(BareNetwork network, ScorerBenchmarkOptions options)
{
    /// <summary>Memory of streams that nobody uses.</summary>
    public async IAsyncEnumerable<ScorerFigure> IdleStreams([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int Streams = 500;
        options.Report("idle streams");
        using ScorerProcess scorer = await options.StartScorer([options.ThreadsSetting], cancellationToken);
        ScorerLoad load = new(scorer.Address, network.Shape);
        await using (ClosedLoops loops = new(load, [4]))
        {
            await loops.RunAsync(TimeSpan.Zero, TimeSpan.FromSeconds(2), cancellationToken);
        }

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

    /// <summary>Ten times as much work as can be served.</summary>
    public async IAsyncEnumerable<ScorerFigure> Overload([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        options.Report("overload");

        // 64 clients keep the queue full without a refusal: that is the peak. The same scorer is then asked for ten times as much, and then for the peak again: the
        // machine's speed drifts.
        using ScorerProcess scorer = await options.StartScorer([options.ThreadsSetting, "--Batching:QueueCapacityRows=128"], cancellationToken);
        ScorerLoad load = new(scorer.Address, network.Shape);
        double before = await PeakAsync();
        OverloadResult result = await new Overload(load, scorer).RunAsync(10 * before, options.OverloadDuration, cancellationToken);
        double after = await PeakAsync();
        double peak = (before + after) / 2;
        double steady = Statistics.Percentile(result.ResidentBytes, 0.5);
        yield return new("overload", "peak_after_over_before", after / before, string.Empty);
        yield return new("overload", "offered_over_peak", result.Offered / peak, string.Empty);
        yield return new("overload", "served_over_peak", result.Served / peak, string.Empty);
        yield return new("overload", "refusal_p50", 1000 * Statistics.Percentile(result.RefusalSeconds, 0.5), "ms");
        yield return new("overload", "refusal_p99", 1000 * Statistics.Percentile(result.RefusalSeconds, 0.99), "ms");
        yield return new("overload", "resident_steady", steady / 1024 / 1024, "MiB");
        yield return new("overload", "resident_deviation", result.ResidentBytes.Max(bytes => Math.Abs(bytes - steady)) / steady, string.Empty);

        async Task<double> PeakAsync()
        {
            await using ClosedLoops loops = new(load, [.. Enumerable.Repeat(1, 64)]);
            return (await loops.RunAsync(TimeSpan.FromSeconds(5), options.Duration, cancellationToken)).Sum(loop => loop.RowsPerSecond) / ScorerLoad.Rows;
        }
    }

    /// <summary>Small jobs one after another, and all at once.</summary>
    public async IAsyncEnumerable<ScorerFigure> Optimizers([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        options.Report($"{options.Optimizers} optimizers");
        using ScorerProcess scorer = await options.StartScorer([options.ThreadsSetting], cancellationToken);
        await options.RunJobs(scorer.Address, 1, true, cancellationToken); // starts and compiles what there is to be
        TimeSpan oneByOne = await options.RunJobs(scorer.Address, options.Optimizers, false, cancellationToken);
        TimeSpan together = await options.RunJobs(scorer.Address, options.Optimizers, true, cancellationToken);
        string name = $"{options.Optimizers}-optimizers";
        yield return new(name, "one_after_another", oneByOne.TotalSeconds, "s");
        yield return new(name, "together", together.TotalSeconds, "s");
        yield return new(name, "wall_clock_ratio", oneByOne / together, string.Empty);
    }
}

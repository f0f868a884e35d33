using System.Collections.Concurrent;
using System.Diagnostics;
using Sjc.Contracts.Score.V1;

namespace Sjc.Benchmarks.Scoring;

/// <summary>More requests than a scorer can serve, at a rate that its answers do not slow down.</summary>
internal sealed class Overload(ScorerLoad load, ScorerProcess scorer)
{
    private const int Streams = 8;

    /// <summary>Below a stream's bound, so that it is the queue that refuses.</summary>
    private const int MaxInFlight = 48;

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

    private readonly ConcurrentBag<double> refusals = [];
    private long served;
    private long offered;
    private long start;

    private TimeSpan Now => Stopwatch.GetElapsedTime(start);

    /// <summary>Sends requests at a rate; once.</summary>
    public async Task<OverloadResult> RunAsync(double requestsPerSecond, TimeSpan duration, CancellationToken cancellationToken)
    {
        LoadStream[] streams = [.. Enumerable.Range(0, Streams).Select(_ => new LoadStream(load.Address))];
        start = Stopwatch.GetTimestamp();
        Task sending = Task.WhenAll(streams.Select((stream, index) => Task.Run(() => SendAsync(stream, index, requestsPerSecond / Streams, Settling + duration, cancellationToken))));
        List<double> memory = await WatchMemoryAsync(Settling + duration, cancellationToken);
        await sending;
        foreach (LoadStream stream in streams)
        {
            await stream.DisposeAsync();
        }

        return new OverloadResult(offered / duration.TotalSeconds, served / duration.TotalSeconds, [.. refusals], memory);
    }

    private async Task SendAsync(LoadStream stream, int index, double requestsPerSecond, TimeSpan until, CancellationToken cancellationToken)
    {
        ScoreRequest request = load.Request((ulong)index);
        double due = 0;
        TimeSpan last = Now;
        while (Now < until)
        {
            TimeSpan now = Now;
            due = Math.Min(due + (requestsPerSecond * (now - last).TotalSeconds), MaxInFlight);
            last = now;
            while (due >= 1 && stream.InFlight < MaxInFlight)
            {
                due--;
                offered += index == 0 && Now >= Settling ? Streams : 0;
                _ = FollowAsync(await stream.SendAsync(request));
            }

            await Task.Delay(Beat, cancellationToken);
        }
    }

    private async Task FollowAsync(Task<LoadAnswer> pending)
    {
        LoadAnswer answer = await pending;
        if (Now < Settling)
        {
            return;
        }

        if (answer.IsServed)
        {
            Interlocked.Increment(ref served);
        }
        else
        {
            refusals.Add(answer.Latency.TotalSeconds);
        }
    }

    /// <summary>The scorer's memory, once a second after the first seconds.</summary>
    private async Task<List<double>> WatchMemoryAsync(TimeSpan until, CancellationToken cancellationToken)
    {
        List<double> memory = [];
        while (Now < until)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            if (Now > Settling)
            {
                memory.Add(scorer.ResidentBytes);
            }
        }

        return memory;
    }
}

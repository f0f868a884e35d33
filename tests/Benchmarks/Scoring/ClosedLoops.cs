using System.Diagnostics;

namespace Sjc.Benchmarks.Scoring;

/// <summary>Clients, each a connection with a stream, whose loops send the next request after an answer; they can pause.</summary>
internal sealed class ClosedLoops : IAsyncDisposable
{
    private readonly ScorerLoad _load;
    private readonly LoadStream[] _clients;

    /// <summary>The client of each loop.</summary>
    private readonly LoadStream[] _loops;

    private ulong _slices;

    /// <param name="load">What they ask, and whom.</param>
    /// <param name="inFlight">Requests in flight of each client.</param>
    public ClosedLoops(ScorerLoad load, IReadOnlyList<int> inFlight)
    {
        _load = load;
        _clients = [.. inFlight.Select(_ => new LoadStream(load.Address))];
        _loops = [.. inFlight.SelectMany((count, client) => Enumerable.Repeat(_clients[client], count))];
    }

    /// <summary>Lets the loops run for a while.</summary>
    /// <returns>Of each loop the cycles that began after the settling, without the last one, which meets others that have stopped.</returns>
    /// <exception cref="InvalidOperationException">A loop has no whole cycle.</exception>
    public async Task<LoopAnswers[]> RunAsync(TimeSpan settling, TimeSpan duration, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        ulong slice = _slices++;
        async Task<LoopAnswers> LoopAsync(int loop)
        {
            List<LoadAnswer> answers = [];
            ulong seed = (slice << 48) + ((ulong)loop << 32);
            while (Stopwatch.GetElapsedTime(start) is var now && now < settling + duration)
            {
                cancellationToken.ThrowIfCancellationRequested();
                LoadAnswer answer = await await _loops[loop].SendAsync(_load.Request(seed++));
                if (now >= settling)
                {
                    answers.Add(answer);
                }
            }

            return answers.Count < 2
                ? throw new InvalidOperationException($"A client must get at least 2 answers in {duration}, but got {answers.Count}.")
                : new LoopAnswers(answers[..^1], Stopwatch.GetElapsedTime(answers[0].Sent, answers[^1].Sent));
        }

        return await Task.WhenAll(Enumerable.Range(0, _loops.Length).Select(loop => Task.Run(() => LoopAsync(loop))));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (LoadStream client in _clients)
        {
            await client.DisposeAsync();
        }
    }
}

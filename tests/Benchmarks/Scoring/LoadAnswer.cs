using Sjc.Contracts.Score.V1;

namespace Sjc.Benchmarks.Scoring;

/// <summary>What came back for a request, without its pictures: kept, they would grow the clients' heap, and their collector would take the scorer's cores.</summary>
/// <param name="Timing">Of an answer; null for a refusal.</param>
/// <param name="Refusal">Why it was refused; null for an answer.</param>
/// <param name="Sent">When the request was about to be written, on the stopwatch.</param>
/// <param name="Latency">From then until the answer was read.</param>
internal readonly record struct LoadAnswer(ScoreTiming? Timing, string? Refusal, long Sent, TimeSpan Latency)
{
    public bool IsServed => Timing is not null;

    /// <summary>The timing of an answer that must be one.</summary>
    /// <exception cref="InvalidOperationException">The request was refused.</exception>
    public ScoreTiming Served => Timing ?? throw new InvalidOperationException($"The scorer must answer, but refuses: {Refusal}");
}

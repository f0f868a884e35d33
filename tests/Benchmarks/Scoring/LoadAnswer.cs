using Sjc.Contracts.Score.V1;

namespace Sjc.Benchmarks.Scoring;

/// <summary>What came back for a request.</summary>
/// <param name="Message">The answer.</param>
/// <param name="Latency">From before the request was written until the answer was read.</param>
internal readonly record struct LoadAnswer(ScoreStreamResponse Message, TimeSpan Latency)
{
    public bool IsServed => Message.Response is not null;
}

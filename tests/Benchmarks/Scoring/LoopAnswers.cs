namespace Sjc.Benchmarks.Scoring;

/// <summary>Whole cycles of a closed loop.</summary>
/// <param name="Answers">In their order.</param>
/// <param name="Elapsed">From the first of their requests to the one after the last.</param>
internal sealed record LoopAnswers(IReadOnlyList<LoadAnswer> Answers, TimeSpan Elapsed)
{
    /// <summary>Rows answered a second. Counted in a fixed time instead, a batch more or less would be some hundredths.</summary>
    public double RowsPerSecond => Answers.Sum(answer => answer.Served.Rows) / Elapsed.TotalSeconds;
}

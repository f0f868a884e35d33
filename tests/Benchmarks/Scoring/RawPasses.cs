namespace Sjc.Benchmarks.Scoring;

/// <summary>Times of the bare network's passes at one moment.</summary>
internal sealed class RawPasses
{
    private const int MinPasses = 5;

    /// <summary>Of all sizes together.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(0.5);

    private readonly Dictionary<int, double> _seconds = [];

    /// <summary>Measures passes of the sizes that the answers' batches had, each for as long as its part of the rows asks for.</summary>
    public static RawPasses Measure(BareNetwork network, LoopAnswers[] loops, CancellationToken cancellationToken)
    {
        RawPasses passes = new();
        LoadAnswer[] answers = [.. loops.SelectMany(loop => loop.Answers)];
        foreach (IGrouping<uint, LoadAnswer> size in answers.GroupBy(answer => answer.Served.BatchRows))
        {
            passes._seconds[(int)size.Key] = network.Measure((int)size.Key, MinPasses, Slice * size.Count() / answers.Length, cancellationToken);
        }

        return passes;
    }

    /// <summary>The time of a pass between two moments, after the second of which all its sizes were measured.</summary>
    public static double Mean(RawPasses before, RawPasses after, int rows) =>
        before._seconds.TryGetValue(rows, out double seconds) ? (seconds + after._seconds[rows]) / 2 : after._seconds[rows];
}

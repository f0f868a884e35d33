using Sjc.Contracts.Score.V1;

namespace Sjc.Benchmarks.Scoring;

/// <summary>A slice of closed loops, against the bare network just before and after it.</summary>
/// <param name="RowsPerSecond">Rows answered.</param>
/// <param name="BatchRows">Rows of a batch, on average.</param>
/// <param name="ServedOverRaw">The rate over what the bare network makes of batches of the sizes that formed.</param>
/// <param name="PassOverRaw">The network's time in the scorer over the bare network's for the same batches.</param>
/// <param name="Latencies">Seconds, of all answers.</param>
internal sealed record ClosedLoopRound(double RowsPerSecond, double BatchRows, double ServedOverRaw, double PassOverRaw, IReadOnlyList<double> Latencies)
{
    public static ClosedLoopRound Of(LoopAnswers[] loops, RawPasses before, RawPasses after)
    {
        double rows = 0;
        double batches = 0;
        double rawSeconds = 0;
        double passSeconds = 0;
        foreach (ScoreTiming timing in loops.SelectMany(loop => loop.Answers).Select(answer => answer.Served))
        {
            // Each request stands for its part of the batch that it was in.
            double part = (double)timing.Rows / timing.BatchRows;
            rows += timing.Rows;
            batches += part;
            rawSeconds += part * RawPasses.Mean(before, after, (int)timing.BatchRows);
            passSeconds += part * timing.ComputeSeconds;
        }

        double rate = loops.Sum(loop => loop.RowsPerSecond);
        return new(rate, rows / batches, rate * rawSeconds / rows, passSeconds / rawSeconds, [.. loops.SelectMany(loop => loop.Answers).Select(answer => answer.Latency.TotalSeconds)]);
    }
}

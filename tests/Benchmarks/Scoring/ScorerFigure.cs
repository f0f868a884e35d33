namespace Sjc.Benchmarks.Scoring;

/// <summary>One measured figure.</summary>
/// <param name="Case">What the scorer had to do.</param>
/// <param name="Metric">What was measured.</param>
/// <param name="Value">How much.</param>
/// <param name="Unit">In what; empty for a ratio.</param>
public sealed record ScorerFigure(string Case, string Metric, double Value, string Unit);

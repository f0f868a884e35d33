namespace Sjc.Benchmarks.Rendering;

/// <summary>One measured figure.</summary>
/// <param name="Case">The field's state.</param>
/// <param name="Metric">What was measured.</param>
/// <param name="Value">How much.</param>
/// <param name="Unit">In what; empty for a ratio.</param>
public sealed record RenderFigure(string Case, string Metric, double Value, string Unit);

namespace Sjc.Benchmarks.Networks;

/// <summary>One measured figure.</summary>
/// <param name="Case">Device and type, alone for the whole network, with a block's name for a block.</param>
/// <param name="Metric">What was measured.</param>
/// <param name="Value">How much.</param>
/// <param name="Unit">In what; empty for a ratio.</param>
public sealed record UNetFigure(string Case, string Metric, double Value, string Unit);

namespace Sjc.Cli.Reports;

/// <summary>One measured figure.</summary>
/// <param name="Case">What was measured, such as <c>ball</c> or <c>chair</c>.</param>
/// <param name="Metric">The figure's name, such as <c>ratio_to_libtorch</c> or <c>silhouette_iou</c>.</param>
/// <param name="Value">NaN where there is no figure; written to JSON as null.</param>
/// <param name="Unit">Such as <c>ms</c>; empty for a pure number.</param>
internal sealed record BenchResult(string Case, string Metric, double Value, string Unit);

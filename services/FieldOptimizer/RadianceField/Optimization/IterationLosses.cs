namespace Sjc.RadianceField.Optimization;

/// <summary>What one iteration measured, averaged over its views.</summary>
/// <param name="ScoreRms">Root mean square of the gradient images.</param>
/// <param name="Emptiness">The weighted emptiness loss.</param>
/// <param name="Depth">The weighted centre-depth loss: 0 without it, NaN where the reference's logarithm has a negative argument.</param>
/// <param name="DepthDifference">Mean depth of the centre less that of the border, in the reference's normalisation; NaN where pictures are too small.</param>
public readonly record struct IterationLosses(double ScoreRms, double Emptiness, double Depth, double DepthDifference);

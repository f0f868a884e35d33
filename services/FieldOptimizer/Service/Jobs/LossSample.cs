namespace Sjc.FieldOptimizer.Jobs;

/// <summary>What one iteration measured.</summary>
/// <param name="Iteration">Iterations done with this one.</param>
/// <param name="Sigma">Mean noise level of its views.</param>
/// <param name="ScoreRms">Root mean square of the gradient images.</param>
/// <param name="Emptiness">Weighted emptiness loss.</param>
/// <param name="Depth">Weighted centre-depth loss; may be NaN.</param>
internal readonly record struct LossSample(int Iteration, double Sigma, double ScoreRms, double Emptiness, double Depth);

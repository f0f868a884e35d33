namespace Sjc.RadianceField.Optimization;

/// <summary>A change of the field's grid during a run.</summary>
/// <param name="Iteration">The first iteration on the new grid.</param>
/// <param name="GridSize">Voxels along each side from then on.</param>
public sealed record GrowthStep(int Iteration, int GridSize);
